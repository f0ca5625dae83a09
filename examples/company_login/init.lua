-- Logins are decided by the company's own service, over HTTP. Stands in the place of login:
--   - company_login: { url: "https://sso.example.com/chat/login", key_file: company_login/key }
--
-- The service gets   POST {"user":"alice","password":"...","device":"...","address":"192.0.2.1"}
-- and answers        200 {"user":"alice"}   lets in as that user (it may be another spelling than what was typed)
--                    401 or 403             wrong user or password
--                    anything else          try again: the client is told so, and nobody is let in
-- With a key it gets "Authorization: Bearer KEY", so that it can tell the node from others.
local json, reject = hpush.json, hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    url = { type = "string", default = "", help = "where the service is: https://, or http:// on loopback" },
    key_file = { type = "file", help = "a file with the key for the service" },
    timeout = { type = "number", default = 3, min = 0.1, max = 60, help = "seconds; below plugins.limits.wait_ms" },
  },
  needs = { "http" },
}

local headers = { ["content-type"] = "application/json", accept = "application/json" }

function M.init(ctx)
  local url = ctx.config.url
  local host = url:match("^http://([^/:]+)")
  if not url:find("^https://[^/]") and host ~= "127.0.0.1" and host ~= "localhost" then
    error("url is an address that starts with https:// (passwords go there), or http:// on loopback", 0)
  end
  local key = (ctx.config.key_file or ""):match("^%s*(.-)%s*$")
  if key ~= "" then headers.authorization = "Bearer " .. key end
end

local function unavailable(reason)
  hpush.metrics.add("unavailable")
  hpush.log.warning("the login service: " .. reason)
  return reject { code = 9, info = "logging in is not possible now, try again" }
end

M.inbound = {}

function M.inbound.login_request(ctx, msg)
  if ctx.uid then return end    -- a plugin before this one has let somebody in
  local user, password = msg.uid, msg.token
  if user == "" or password == "" then return reject { code = 2, info = "user and password are missing" } end
  if #user > 255 or #password > 1024 then return reject { code = 1, info = "wrong user or password" } end
  local address = (ctx.remote or ""):match("^%[?(.-)%]?:%d+$")
  local answer, reason = hpush.http {
    method = "POST", url = ctx.config.url, headers = headers, timeout = ctx.config.timeout,
    body = json.encode { user = user, password = password, device = msg.deviceId, address = address },
  }
  if not answer then return unavailable(reason or "no answer") end
  if answer.status == 401 or answer.status == 403 then
    hpush.metrics.add("refused")
    return reject { code = 1, info = "wrong user or password" }
  end
  if answer.status ~= 200 then return unavailable("status " .. answer.status) end
  -- Somebody else's text: whatever it is, it must not let anybody in by accident.
  local good, body = pcall(json.decode, answer.body)
  local uid = good and type(body) == "table" and body.user
  if type(uid) ~= "string" or uid == "" or #uid > 255 or not utf8.len(uid) then return unavailable("its answer names no user") end
  hpush.metrics.add("accepted")
  ctx:accept { uid = uid }
end

return M
