-- Stores each message before it is delivered: history, an inbox for who is not there, receipts that survive a crash.
--
-- It stands before chat_redirect. What it let through is on the disk; a sender that asked for receipts is told so when the handlers are done.
local reject, save, stop = hpush.reject, hpush.store.save, hpush.stop

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    max_messages = { type = "integer", default = 10000, min = 1, max = 10000000, help = "messages that may wait for a user whom no device has got" },
  },
  needs = { "store" },
}

local options

function M.init(ctx)
  options = { max_messages = ctx.config.max_messages }
end

local refusals = {
  full = { code = 9, info = "the inbox is full" },
  ["too large"] = { code = 8, info = "the message is larger than the store takes" },
  ["no such group"] = { code = 6, info = "no such group" },
  ["not a member"] = { code = 7, info = "not a member of the group" },
}
local unavailable = { code = 9, info = "messages cannot be stored now" }

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  if msg.group == "" and not hpush.store.user(msg.to) then return reject { code = 6, info = "no such user" } end
  local stored, reason = save(msg, options)
  if not stored then return reject(refusals[reason] or unavailable) end
  if stored.duplicate then return stop end
end

return M
