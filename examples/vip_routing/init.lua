-- One address for customers, many agents behind it: who writes to `support` reaches an agent who is online, VIPs the VIP desk.
--
-- A customer keeps the agent for `keep_seconds` after the last message, so that a conversation is not passed around; agents get new customers
-- in turn. What an agent writes to such a customer comes from `support`: customers never see who is behind it.
--
-- Stands after login and before chat_redirect:
--   - vip_routing: { agents: [ ann, ben ], vip_agents: [ zoe ], vips: [ carol ] }
local reject, stop, shared = hpush.reject, hpush.stop, hpush.shared

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    address = { type = "string", default = "support", help = "the user id that customers write to" },
    agents = { type = "list", default = {}, help = "user ids of the agents" },
    vip_agents = { type = "list", default = {}, help = "user ids of the VIP desk" },
    vips = { type = "list", default = {}, help = "user ids of the VIPs" },
    keep_seconds = { type = "number", default = 1800, min = 1, help = "how long a customer keeps an agent" },
  },
  needs = { "redirect", "sessions" },
}

local is_agent, is_vip = {}, {}

function M.init(ctx)
  local config = ctx.config
  for _, list in ipairs { config.agents, config.vip_agents } do
    for _, uid in ipairs(list) do is_agent[uid] = true end
  end
  for _, uid in ipairs(config.vips) do is_vip[uid] = true end
  if is_agent[config.address] then error(("%s is the address, so it can't be an agent"):format(config.address), 0) end
end

local function is_online(uid) return #hpush.sessions.of_user(uid) > 0 end

-- The next agent of a list who is online. The turn is one for all loops.
local function next_of(list, turn, customer)
  if #list == 0 then return nil end
  local start = shared.incr(turn)
  for i = 0, #list - 1 do
    local uid = list[(start + i) % #list + 1]
    if uid ~= customer and is_online(uid) then return uid end
  end
end

local function agent_for(ctx, customer)
  local config = ctx.config
  local key = ">" .. customer
  local kept = shared.get(key)
  if kept and is_agent[kept] and is_online(kept) then return kept, key end
  if kept then shared.delete(key) end    -- gone home, or no agent any more
  local agent = is_vip[customer] and next_of(config.vip_agents, "turn of vip_agents", customer)
    or next_of(config.agents, "turn of agents", customer)
  if not agent then return nil, key end
  -- Another device of the customer may have been given one at this moment: the first counts.
  if not shared.add(key, agent, config.keep_seconds) then agent = shared.get(key) or agent end
  return agent, key
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config = ctx.config
  if msg.group ~= "" then return end
  if msg.to == config.address then
    local agent, key = agent_for(ctx, ctx.uid)
    -- `to` stays the address: that is how the agent's client tells customers from friends.
    if not agent or hpush.redirect(msg, agent) == hpush.nobody then return reject { code = 9, info = "nobody is at the desk, try again later" } end
    shared.set(key, agent, config.keep_seconds)
    return stop
  end
  local key = ">" .. msg.to
  if is_agent[ctx.uid] and shared.get(key) == ctx.uid then
    shared.set(key, ctx.uid, config.keep_seconds)
    msg.from = config.address    -- chat_redirect delivers it
  end
end

-- Nobody logs in as the address: what customers write would not reach them anyway, but they could write as it.
function M.inbound.login_request(ctx)
  if ctx.uid == ctx.config.address then return reject { code = 1, info = "this user id is taken" } end
end

return M
