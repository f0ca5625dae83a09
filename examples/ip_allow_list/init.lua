-- Logins from known networks only: for all users, or for those that are named.
--
-- Stands before login, so that others cost no password hash; with `users`, after it, so that the user is known:
--   - ip_allow_list: { allow: [ 10.0.0.0/8, "2001:db8::/32", 192.0.2.7 ] }
--   - login
--   - ip_allow_list: { allow: [ 10.0.0.0/8 ], users: [ root, ceo ] }       (one of the two: a plugin stands in the pipeline once)
--
-- Behind a proxy or a load balancer all clients have its address.
local Network = require "ip_allow_list.network"
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    allow = { type = "list", default = {}, help = "addresses and networks: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32" },
    users = { type = "list", default = {}, help = "whom it is for; empty: for all" },
  },
}

local networks, restricted = {}, nil

-- A misspelt network is told when the plugin loads. An empty list would lock everybody out: nobody means that.
function M.init(ctx)
  for i, text in ipairs(ctx.config.allow) do
    local network = type(text) == "string" and Network.parse(text)
    if not network then error(("allow[%d] is %s, expected an address or a network such as 10.0.0.0/8"):format(i, tostring(text)), 0) end
    networks[i] = network
  end
  if #networks == 0 then error("allow is empty: nobody could log in", 0) end
  for _, uid in ipairs(ctx.config.users) do
    restricted = restricted or {}
    restricted[uid] = true
  end
end

local function is_allowed(remote)
  local address = remote and Network.address(remote:match("^%[(.*)%]:%d+$") or remote:match("^(.*):%d+$") or remote)
  if not address then return false end    -- what can't be read is not known
  for _, network in ipairs(networks) do
    if Network.contains(network, address) then return true end
  end
  return false
end

M.inbound = {}

function M.inbound.login_request(ctx, msg)
  -- Before login msg.uid is only what the client says. That is enough: who says another name than the restricted one is not let in as it.
  if restricted and not restricted[ctx.uid or msg.uid] then return end
  if is_allowed(ctx.remote) then return end
  hpush.metrics.add("refused")
  hpush.log.info(("a login of %q from %s is refused"):format(ctx.uid or msg.uid, ctx.remote or "?"))
  return reject { code = 7, info = "logging in is not allowed from here" }
end

return M
