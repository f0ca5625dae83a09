-- Who may log in.
--
--   open      anybody, with any token: for trying out and for closed networks
--   password  a user of the account store, by password or by a token of the gate
--   jwt       whoever brings a token of the gate (or of a company's own server with the same secret)
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    mode = { type = "string", default = "password", enum = { "password", "open", "jwt" } },
  },
  needs = { "store", "token" },
}

local function by_token(ctx, msg)
  local uid = hpush.token.verify(msg.token)
  if uid and uid == msg.uid then
    ctx:accept { uid = uid }
    return true
  end
  return false
end

local modes = {}

function modes.open(ctx, msg)
  ctx:accept { uid = msg.uid }
end

function modes.jwt(ctx, msg)
  if not by_token(ctx, msg) then return reject { code = 1, info = "the token is not valid" } end
end

function modes.password(ctx, msg)
  if by_token(ctx, msg) then return end
  local right, reason = hpush.store.verify(msg.uid, msg.token)
  if right == nil then
    return reject { code = 9, info = reason == "busy" and "too many logins at once, try again" or "accounts are not available now, try again" }
  end
  if not right then return reject { code = 1, info = "wrong user or password" } end
  ctx:accept { uid = msg.uid }
end

M.inbound = {}

function M.inbound.login_request(ctx, msg)
  local mode = ctx.config.mode
  if msg.uid == "" then return reject { code = 2, info = "uid is missing" } end
  if #msg.uid > 255 then return reject { code = 1, info = "uid has 255 bytes at most" } end
  if mode ~= "open" and msg.token == "" then return reject { code = 2, info = "token is missing" } end
  return modes[mode](ctx, msg)
end

return M
