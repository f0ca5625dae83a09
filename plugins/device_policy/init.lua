-- How many devices a user may be signed in with.
--
-- It stands behind login in the pipeline: a login that was accepted is checked here first. Two logins of one user on two loops (or nodes)
-- can pass that check at the same moment, so each session looks again once it is open, when all see the same list in the same order. Nodes
-- of a cluster see each other's sessions within 200 ms: there each session looks once more when it has been open for half a second.
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
  needs = { "sessions", "cluster" },
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

local function enforce(uid, own)
  local older = {}
  for _, session in ipairs(hpush.sessions.of_user(uid)) do
    if session == own then
      local excess = in_the_way(older, own.platform)
      if #excess == 0 then return end
      if kick then close_all(excess) else own:close("too many devices") end
      return
    end
    older[#older + 1] = session
  end
end

-- Sessions to look at once more: those that opened since the timer ran, and those from before.
local opened, settling = {}, {}

M.events = {}

function M.events.session_open(ctx)
  enforce(ctx.uid, ctx.session)
  if #hpush.cluster.nodes() > 1 then opened[#opened + 1] = { uid = ctx.uid, session = ctx.session } end
end

M.timers = { { every = 0.5, each_loop = true, run = function()
  local due = settling
  opened, settling = {}, opened
  for _, entry in ipairs(due) do enforce(entry.uid, entry.session) end
end } }

return M
