-- So many messages a user and day. The count is one for all devices, and starts anew at midnight.
--
-- It is kept in hpush.shared, of one node: in a cluster every node counts for itself. Where a count must be one for all nodes or survive a
-- restart, keep it in Redis; only `count` below changes then:
--   local function count(uid, seconds)                            -- and needs = { "redis", ... }
--     local key = "quota:" .. uid
--     local sum = hpush.redis("INCR", key)
--     if sum == 1 then hpush.redis("EXPIRE", key, math.ceil(seconds)) end
--     return sum
--   end
--
-- Stands after login, and before chat_redirect and whatever is dear:
--   - daily_quota: { messages: 200, users: { bob: 1000, support: 0 }, utc_offset: 1 }
local shared = hpush.shared

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    messages = { type = "integer", default = 500, min = 0, help = "messages a user and day; 0 is no limit" },
    users = { type = "table", default = {}, help = "other numbers, by user" },
    utc_offset = { type = "number", default = 0, min = -12, max = 14, help = "hours that local time is ahead of UTC: when midnight is" },
    warn_left = { type = "integer", default = 10, min = 0, help = "tells the user when so many are left; 0 never does" },
    notice_type = { type = "integer", default = 130, help = "type of that notice" },
  },
  needs = { "notify" },
}

local DAY = 86400

function M.init(ctx)
  for uid, limit in pairs(ctx.config.users) do
    if math.type(limit) ~= "integer" or limit < 0 then
      error(("users.%s is %s, expected a number of messages; 0 is no limit"):format(uid, tostring(limit)), 0)
    end
  end
end

-- The number of messages of today, this one included. The entry goes at midnight by itself, so nothing has to be cleared; a uid has 255 bytes
-- at most, a key may have 256. Adding and reading are one step: two devices on two loops never get the same number.
local function count(uid, seconds) return shared.incr(uid, 1, seconds) end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config, uid = ctx.config, ctx.uid
  local limit = config.users[uid] or config.messages
  if limit == 0 or msg.group == "" and msg.to == uid then return end    -- notes to oneself are free
  local today = (hpush.now() + config.utc_offset * 3600) % DAY
  local used = count(uid, math.max(DAY - today, 0.001))
  if used > limit then
    if used == limit + 1 then hpush.log.info(("%s has used up %d messages"):format(uid, limit)) end
    hpush.metrics.add("refused")
    return hpush.reject { code = 4, info = ("%d messages a day are used up, again after midnight"):format(limit) }
  end
  if config.warn_left > 0 and limit - used == config.warn_left then
    hpush.notify(uid, { type = config.notice_type, data = { left = config.warn_left, limit = limit } })
  end
end

return M
