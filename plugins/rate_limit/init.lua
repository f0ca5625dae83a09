-- A token bucket for each session: `burst` messages at once, refilled with `messages_per_second`.
--
-- The bucket is kept as one number, the time at which it would be full again (the generic cell rate algorithm):
-- a message moves it on by one interval and is refused when it would lie further ahead than the bucket is deep.
local monotonic, reject, close = hpush.monotonic, hpush.reject, hpush.close

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    messages_per_second = { type = "number", default = 50, min = 0.01, max = 1e6 },
    burst = { type = "integer", default = 100, min = 1, max = 1000000000 },
    on_excess = { type = "string", default = "reject", enum = { "reject", "close" } },
  },
}

local interval, most    -- seconds: between two messages, and how far ahead the bucket's time may lie
local full_at = {}      -- by session

function M.init(ctx)
  interval = 1 / ctx.config.messages_per_second
  most = (ctx.config.burst + 0.5) * interval    -- half a message more: sums of floats are not exact
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local session, now = ctx.session, monotonic()
  local full = full_at[session]
  full = (full and full > now and full or now) + interval
  if full - now > most then
    local refusal = { code = 4, info = "too many messages" }
    return ctx.config.on_excess == "close" and close(refusal) or reject(refusal)
  end
  full_at[session] = full
end

M.events = {}

function M.events.session_close(ctx)
  full_at[ctx.session] = nil
end

-- A reload must not hand out a fresh burst. Buckets that are full need no mention: the loop stands still meanwhile.
function M.save()
  local later, now = {}, monotonic()
  for session, full in pairs(full_at) do
    if full > now then later[session] = full end
  end
  return later
end

function M.restore(later) full_at = later or {} end

return M
