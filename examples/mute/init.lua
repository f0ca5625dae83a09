-- Moderators silence users for a while.
--
-- A client of a moderator calls routes (CUSTOM_REQUEST) with JSON:
--   mute.set   {"user":"alice","seconds":600,"reason":"spam"}  ->  {"until":1767614400}
--   mute.lift  {"user":"alice"}                                ->  {"lifted":true}
--   mute.get   {"user":"alice"}                                ->  {"muted":true,"until":...,"reason":"spam","by":"mod"}
--
-- Mutes are kept in hpush.shared: every loop sees them at once, they end by themselves, and reloads do not touch them. They end with the node;
-- to keep them for longer, call your own service by hpush.http in set_mute.
--
-- Stands after login and before chat_redirect:
--   - mute: { moderators: [ mod ] }
local json, reject, shared = hpush.json, hpush.reject, hpush.shared

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    moderators = { type = "list", default = {}, help = "user ids that may mute" },
    max_seconds = { type = "number", default = 7 * 86400, min = 1, help = "the longest mute" },
    notice_type = { type = "integer", default = 110, help = "type of the notice that the muted user gets" },
  },
  needs = { "notify" },
}

local is_moderator = {}

function M.init(ctx)
  for _, uid in ipairs(ctx.config.moderators) do is_moderator[uid] = true end
end

-- ---- what is kept: by uid, which has 255 bytes at most, as a key may have 256

local function get_mute(uid)
  local text = shared.get(uid)
  return text and json.decode(text)
end

local function set_mute(uid, mute, seconds)
  shared.set(uid, json.encode(mute), seconds)
end

-- ---- messages

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local mute = get_mute(ctx.uid)
  if not mute then return end
  if msg.group == "" and msg.to == ctx.uid then return end    -- notes to oneself
  local minutes = math.max(1, math.ceil((mute["until"] - hpush.now()) / 60))
  local reason = mute.reason ~= "" and ": " .. mute.reason or ""
  return reject { code = 7, info = ("you are muted for %d more minute%s%s"):format(minutes, minutes == 1 and "" or "s", reason) }
end

-- ---- routes

-- The request of a moderator as a table, or nil and the refusal.
local function request(ctx, body)
  if not is_moderator[ctx.uid] then return nil, reject { code = 7, info = "moderators only" } end
  local good, value = pcall(json.decode, body)
  if not good or type(value) ~= "table" then return nil, reject { code = 7, info = "the body is a JSON object" } end
  local uid = value.user
  if type(uid) ~= "string" or uid == "" or #uid > 255 then return nil, reject { code = 7, info = "user is a user id" } end
  return value
end

M.routes = {}

M.routes["mute.set"] = function(ctx, body)
  local value, refusal = request(ctx, body)
  if not value then return refusal end
  local seconds, reason = value.seconds, value.reason or ""
  local most = ctx.config.max_seconds
  if type(seconds) ~= "number" or not (seconds > 0 and seconds <= most) then
    return reject { code = 7, info = ("seconds is a number up to %g"):format(most) }
  end
  if type(reason) ~= "string" or #reason > 200 then return reject { code = 7, info = "reason is text of 200 bytes at most" } end
  if is_moderator[value.user] then return reject { code = 7, info = "moderators can't be muted" } end
  local until_time = math.floor(hpush.now() + seconds)
  set_mute(value.user, { ["until"] = until_time, reason = reason, by = ctx.uid }, seconds)
  hpush.notify(value.user, { type = ctx.config.notice_type, data = { muted = true, ["until"] = until_time, reason = reason } })
  hpush.log.info(("%s mutes %s for %g s: %s"):format(ctx.uid, value.user, seconds, reason))
  return json.encode { ["until"] = until_time }
end

M.routes["mute.lift"] = function(ctx, body)
  local value, refusal = request(ctx, body)
  if not value then return refusal end
  local lifted = shared.delete(value.user)
  if lifted then
    hpush.notify(value.user, { type = ctx.config.notice_type, data = { muted = false } })
    hpush.log.info(("%s lifts the mute of %s"):format(ctx.uid, value.user))
  end
  return json.encode { lifted = lifted }
end

M.routes["mute.get"] = function(ctx, body)
  local value, refusal = request(ctx, body)
  if not value then return refusal end
  local mute = get_mute(value.user)
  if not mute then return json.encode { muted = false } end
  mute.muted = true
  return json.encode(mute)
end

return M
