-- Nobody is disturbed at night: between two times of the recipient's day messages are refused, except urgent ones.
--
-- Stands after login and before chat_redirect:
--   - quiet_hours: { from: "22:00", to: "07:00", utc_offset: 1, offsets: { bob: -5, chandra: 5.5 } }
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "2.0.0",
  config = {
    from = { type = "string", default = "22:00", help = "when it gets quiet, HH:MM" },
    to = { type = "string", default = "07:00", help = "when it is not quiet any more, HH:MM; the same as from: never quiet" },
    utc_offset = { type = "number", default = 0, min = -12, max = 14, help = "hours that local time is ahead of UTC" },
    offsets = { type = "table", default = {}, help = "other offsets, by user" },
    urgent_type = { type = "integer", default = 99, min = 0, help = "msg_type of messages that pass" },
  },
}

local DAY = 24 * 60    -- minutes

local from, to    -- minutes of the day

local function minutes(text, key)
  local hours, rest = text:match("^(%d%d?):(%d%d)$")
  hours, rest = tonumber(hours), tonumber(rest)
  if not hours or hours > 23 or rest > 59 then error(("%s is '%s', expected HH:MM"):format(key, text), 0) end
  return hours * 60 + rest
end

-- What is wrong with the settings is said when the plugin loads, not at the first message.
function M.init(ctx)
  from, to = minutes(ctx.config.from, "from"), minutes(ctx.config.to, "to")
  for uid, offset in pairs(ctx.config.offsets) do
    if type(offset) ~= "number" or offset < -12 or offset > 14 then
      error(("offsets.%s is %s, expected hours from -12 to 14"):format(uid, tostring(offset)), 0)
    end
  end
end

local function is_quiet(minute)
  if from <= to then return minute >= from and minute < to end
  return minute >= from or minute < to    -- over midnight
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config = ctx.config
  if msg.msg_type == config.urgent_type then return end
  if msg.group == "" and msg.to == ctx.uid then return end    -- a note to oneself disturbs nobody
  -- A group's members live anywhere; the general offset is for them.
  local offset = msg.group == "" and config.offsets[msg.to] or config.utc_offset
  local minute = math.floor(hpush.now() / 60 + offset * 60) % DAY
  if not is_quiet(minute) then return end
  hpush.metrics.add("refused")
  return reject { code = 7, info = ("quiet hours until %02d:%02d"):format(to // 60, to % 60) }
end

return M
