-- Tells contacts when a user comes and goes, and each session where it is connected.
--
-- Notices are JSON, as in the Java system: {"type":10 online, 20 offline, 30 connected, "data":{...}}.
---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    presence = { type = "string", default = "contacts", enum = { "contacts", "all", "none" }, help = "who is told that a user comes and goes" },
  },
  needs = { "notify", "sessions", "store" },
}

local ONLINE, OFFLINE, CONNECTED = 10, 20, 30

local function announce(ctx, kind, device)
  local notice = { type = kind, data = { uid = ctx.uid, device = device } }
  if ctx.config.presence == "all" then return hpush.broadcast(notice) end
  for _, contact in ipairs(hpush.store.contacts(ctx.uid) or {}) do hpush.notify(contact, notice) end
end

M.events = {}

function M.events.session_open(ctx)
  local session = ctx.session
  local device = session.device
  session:notify { type = CONNECTED, data = { node = session.node, session = session.id } }
  if ctx.config.presence == "none" then return end
  -- Of two that open at the same moment exactly one is the oldest.
  if hpush.sessions.of_user(ctx.uid)[1] == session then announce(ctx, ONLINE, device) end
end

function M.events.session_close(ctx)
  if ctx.config.presence == "none" then return end
  local session = ctx.session
  local device = session.device
  for _, other in ipairs(hpush.sessions.of_user(ctx.uid)) do
    if other ~= session then return end
  end
  announce(ctx, OFFLINE, device)
end

return M
