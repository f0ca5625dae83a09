-- What the benchmark of waiting handlers runs. A message "sleep" or "http" waits ("now" does not), then tells its sender; "spawn N" lets N functions sleep.
local M = {
  api = 1, version = "1", needs = { "http" }, inbound = {},
  config = {
    seconds = { type = "number", default = 2 },
    url = { type = "string", default = "http://127.0.0.1:1/" },
  },
}

function M.inbound.message_request(ctx, msg)
  local what, count = msg.content:match("^(%a+) ?(%d*)$")
  local result
  if what == "now" then
    result = "done"
  elseif what == "sleep" then
    hpush.sleep(ctx.config.seconds)
    result = "slept"
  elseif what == "http" then
    local answer, why = hpush.http { url = ctx.config.url, timeout = ctx.config.seconds * 5 }
    result = answer and answer.status or why
  elseif what == "spawn" then
    local seconds = ctx.config.seconds
    for _ = 1, tonumber(count) do hpush.spawn(function() hpush.sleep(seconds) hpush.metrics.add("done") end) end
    result = "spawned"
  else
    return
  end
  ctx.session:notify { result = result }
  return hpush.stop
end

return M
