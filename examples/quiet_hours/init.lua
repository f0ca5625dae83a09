-- Nobody is disturbed at night: messages are refused between two hours of the day (UTC), except those marked as urgent.
---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    from = { type = "integer", default = 22, min = 0, max = 23, help = "first quiet hour" },
    to = { type = "integer", default = 6, min = 0, max = 23, help = "first hour that is not quiet any more" },
    urgent_type = { type = "integer", default = 99, min = 0, help = "msg_type of messages that pass" },
  },
}

local function is_quiet(hour, from, to)
  if from <= to then return hour >= from and hour < to end
  return hour >= from or hour < to    -- over midnight
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config = ctx.config
  if msg.msg_type == config.urgent_type then return end
  if is_quiet(tonumber(os.date("!%H", hpush.now() // 1 | 0)), config.from, config.to) then
    return hpush.reject { code = 7, info = ("quiet hours until %d:00 UTC"):format(config.to) }
  end
end

return M
