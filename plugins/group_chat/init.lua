-- Only members may send to a group. The core brings it to every member.
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    max_members = { type = "integer", default = 10000, min = 1, max = 1000000, help = "a larger group takes no messages" },
  },
  needs = { "store" },
}

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  if msg.group == "" then return end
  local count, is_member = hpush.store.member(msg.group, ctx.uid)
  if not count then
    if is_member then return reject { code = 9, info = "groups cannot be looked up now" } end
    return reject { code = 6, info = "no such group" }
  end
  if not is_member then return reject { code = 7, info = "not a member of the group" } end
  if count > ctx.config.max_members then
    return reject { code = 7, info = ("the group has more than %d members"):format(ctx.config.max_members) }
  end
end

return M
