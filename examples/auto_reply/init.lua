-- "I am away until Monday": whoever writes to a user that has set this gets the answer, once in a while.
--
-- A client calls routes (CUSTOM_REQUEST) with JSON:
--   auto_reply.set    {"text":"away until Monday","seconds":259200}  ->  {"until":...}
--   auto_reply.get                                                    ->  {"text":"...","until":...}, or {}
--   auto_reply.clear                                                  ->  {"cleared":true}
--
-- Two users who are both away must not answer each other for ever: answers are sent past the inbound handlers, carry a msg_type of their own
-- that is never answered (clients with automatic answers of their own do the same), and each sender gets one an hour.
--
-- Stands after login and before chat_redirect:
--   - auto_reply: { again_seconds: 3600 }
local json, reject, shared = hpush.json, hpush.reject, hpush.shared

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    again_seconds = { type = "number", default = 3600, min = 1, help = "a sender gets the next answer after so long" },
    max_seconds = { type = "number", default = 30 * 86400, min = 60, help = "how long one may be away" },
    max_bytes = { type = "integer", default = 1000, min = 1, max = 10000, help = "bytes of an answer" },
    reply_type = { type = "integer", default = 98, min = 1, help = "msg_type of answers" },
  },
  needs = { "crypto", "sessions" },
}

-- Keys have 256 bytes at most and a uid may have 255: what a user has set stands under "@" and the uid, who was answered under a digest.
local function own_key(uid) return "@" .. uid end
local function pair_key(owner, sender) return hpush.crypto.sha256(("%d:%s%s"):format(#owner, owner, sender)) end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config = ctx.config
  local sender, owner = ctx.uid, msg.to
  if msg.group ~= "" or owner == sender or #owner > 255 or msg.msg_type == config.reply_type then return end
  local text = shared.get(own_key(owner))
  if not text or not shared.add(pair_key(owner, sender), true, config.again_seconds) then return end
  local answer = {
    type = "message_request", from = owner, to = sender, msg_type = config.reply_type, content = json.decode(text).text,
    time = math.floor(hpush.now() * 1000),
  }
  -- After this handler, so that the answer does not come before the message has gone out. To all devices of the sender: each shows the chat.
  hpush.spawn(function()
    for _, session in ipairs(hpush.sessions.of_user(sender)) do session:send(answer) end
  end)
end

M.routes = {}

M.routes["auto_reply.set"] = function(ctx, body)
  local config = ctx.config
  local good, value = pcall(json.decode, body)
  if not good or type(value) ~= "table" then return reject { code = 7, info = "the body is a JSON object" } end
  local text, seconds = value.text, value.seconds
  if type(text) ~= "string" or text == "" or #text > config.max_bytes or not utf8.len(text) then
    return reject { code = 7, info = ("text is text of 1 to %d bytes"):format(config.max_bytes) }
  end
  if type(seconds) ~= "number" or not (seconds >= 1 and seconds <= config.max_seconds) then
    return reject { code = 7, info = ("seconds is a number from 1 to %g"):format(config.max_seconds) }
  end
  local set = { text = text, ["until"] = math.floor(hpush.now() + seconds) }
  shared.set(own_key(ctx.uid), json.encode(set), seconds)
  return json.encode { ["until"] = set["until"] }
end

M.routes["auto_reply.get"] = function(ctx)
  local text = shared.get(own_key(ctx.uid))
  return type(text) == "string" and text or "{}"
end

M.routes["auto_reply.clear"] = function(ctx)
  return json.encode { cleared = shared.delete(own_key(ctx.uid)) }
end

return M
