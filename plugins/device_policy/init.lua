-- How many devices a user may be signed in with.
--
-- It stands behind login in the pipeline: a login that was accepted is checked here first. Two logins of one user on two loops (or nodes)
-- can pass that check at the same moment, so each session looks again once it is open, when all see the same list in the same order.
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    max_devices = { type = "integer", default = 5, min = 1, max = 1000, help = "sessions a user may have at once" },
    one_per_platform = { type = "boolean", default = false, help = "one phone, one browser, ..." },
    on_excess = { type = "string", default = "kick_oldest", enum = { "kick_oldest", "reject" } },
  },
  needs = { "sessions" },
}

local max_devices, one_per_platform, kick

function M.init(ctx)
  max_devices = ctx.config.max_devices
  one_per_platform = ctx.config.one_per_platform
  kick = ctx.config.on_excess == "kick_oldest"
end

-- Splits a user's sessions (oldest first) into those that must go for one more on `platform`, and the number that may stay.
local function in_the_way(sessions, platform)
  local excess, others = {}, {}
  for _, session in ipairs(sessions) do
    local list = one_per_platform and session.platform == platform and excess or others
    list[#list + 1] = session
  end
  for i = 1, #others - max_devices + 1 do excess[#excess + 1] = others[i] end
  return excess
end

local function close_all(sessions)
  for _, session in ipairs(sessions) do session:close("signed in elsewhere") end
end

M.inbound = {}

function M.inbound.login_request(ctx, msg)
  if not ctx.uid then return end    -- nobody accepted it, so it will be refused
  local excess = in_the_way(hpush.sessions.of_user(ctx.uid), msg.platform)
  if #excess == 0 then return end
  if not kick then return reject { code = 7, info = "too many devices" } end
  close_all(excess)
end

M.events = {}

function M.events.session_open(ctx)
  local own, older = ctx.session, {}
  for _, session in ipairs(hpush.sessions.of_user(ctx.uid)) do
    if session == own then break end
    older[#older + 1] = session
  end
  local excess = in_the_way(older, own.platform)
  if #excess == 0 then return end
  if kick then close_all(excess) else own:close("too many devices") end
end

return M
