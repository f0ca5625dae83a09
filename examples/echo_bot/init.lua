-- A user called `echo` who sends everything back, and a route that does the same for custom requests.
---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    name = { type = "string", default = "echo", help = "the bot's user id" },
  },
  needs = { "redirect" },
}

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  if msg.to ~= ctx.config.name or msg.group ~= "" then return end
  local answer = msg:copy()
  answer.from = ctx.config.name
  answer.to = ctx.uid
  answer.content = "you said: " .. msg.content
  hpush.redirect(answer)
  return hpush.stop
end

M.routes = {}

M.routes["echo"] = function(ctx, body)
  return body
end

return M
