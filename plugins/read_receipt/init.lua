-- Tells senders that their messages were read, and the reader's other devices, so that a badge goes away there as well.
--
-- The reader's client calls routes (CUSTOM_REQUEST) with JSON:
--   receipt.read   {"from":"alice","msg_ids":[7,8]}   ->  {"told":1}    sessions of alice that were told
--   receipt.allow  {"allow":false}                    ->  {"allow":false}
-- and senders get a notification   {"type":40,"data":{"by":"bob","msg_ids":[7,8],"time":...}}
-- the reader's other devices       {"type":41,"data":{"from":"alice","msg_ids":[7,8]}}
--
-- It is give and take: who does not allow receipts neither gives nor gets any. A receipt says no more than that a client has claimed it;
-- ids are the sender's own msg_id.
--
--   - read_receipt: { sender_type: 40 }
local json, reject, shared = hpush.json, hpush.reject, hpush.shared

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    sender_type = { type = "integer", default = 40, help = "type of the notice to the sender" },
    device_type = { type = "integer", default = 41, help = "type of the notice to the reader's other devices" },
    max_ids = { type = "integer", default = 100, min = 1, max = 1000, help = "messages in one receipt" },
  },
  needs = { "notify", "sessions" },
}

local function request(body)
  local good, value = pcall(json.decode, body)
  if not good or type(value) ~= "table" then return nil, reject { code = 7, info = "the body is a JSON object" } end
  return value
end

-- The ids once each, in their order; nil where they are none.
local function checked_ids(list, most)
  if type(list) ~= "table" or #list == 0 or #list > most then return nil end
  local ids, seen = {}, {}
  for _, id in ipairs(list) do
    if math.type(id) ~= "integer" then return nil end
    if not seen[id] then ids[#ids + 1] = id end
    seen[id] = true
  end
  return ids
end

local function allows(uid) return not shared.get(uid) end

M.routes = {}

M.routes["receipt.read"] = function(ctx, body)
  local value, refusal = request(body)
  if not value then return refusal end
  local config, from = ctx.config, value.from
  if type(from) ~= "string" or from == "" or #from > 255 then return reject { code = 7, info = "from is a user id" } end
  local ids = checked_ids(value.msg_ids, config.max_ids)
  if not ids then return reject { code = 7, info = ("msg_ids is a list of 1 to %d integers"):format(config.max_ids) } end
  for _, session in ipairs(hpush.sessions.of_user(ctx.uid)) do
    if session ~= ctx.session then session:notify { type = config.device_type, data = { from = from, msg_ids = ids } } end
  end
  local told = 0
  if from ~= ctx.uid and allows(ctx.uid) and allows(from) then
    told = hpush.notify(from, { type = config.sender_type, data = { by = ctx.uid, msg_ids = ids, time = math.floor(hpush.now() * 1000) } })
  end
  return json.encode { told = told }
end

-- Kept as long as the node runs; the client says it again after a login, or your own service keeps it (hpush.http).
M.routes["receipt.allow"] = function(ctx, body)
  local value, refusal = request(body)
  if not value then return refusal end
  if type(value.allow) ~= "boolean" then return reject { code = 7, info = "allow is true or false" } end
  shared.set(ctx.uid, not value.allow or nil)
  return json.encode { allow = value.allow }
end

return M
