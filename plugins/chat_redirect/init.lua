-- Brings a message to every session of its recipient.
local redirect, nobody, reject, stop = hpush.redirect, hpush.nobody, hpush.reject, hpush.stop

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    echo_to_own_devices = { type = "boolean", default = false },
  },
  needs = { "redirect", "sessions", "store" },
}

local echo

function M.init(ctx)
  echo = ctx.config.echo_to_own_devices
end

-- The sender's other devices see what this one wrote.
local function echo_to_own(ctx, msg)
  if msg.group ~= "" or msg.to == ctx.uid then return end    -- they are its recipients already
  for _, session in ipairs(hpush.sessions.of_user(ctx.uid)) do
    if session ~= ctx.session then session:send(msg) end
  end
end

local function not_delivered(ctx, msg)
  if msg.conversation_seq ~= 0 then return stop end    -- it is stored: who is not here gets it later
  if msg.group ~= "" then
    local count, is_member = hpush.store.member(msg.group, ctx.uid)
    if not count then return reject { code = 6, info = "no such group" } end
    if not is_member then return reject { code = 7, info = "not a member of the group" } end
    return reject { code = 9, info = "nobody of the group is reachable now" }
  end
  if hpush.store.user(msg.to) then return reject { code = 9, info = "not reachable now" } end
  return reject { code = 6, info = "no such user" }
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  if redirect(msg) == nobody then return not_delivered(ctx, msg) end
  if echo then echo_to_own(ctx, msg) end
  return stop
end

return M
