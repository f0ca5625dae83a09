-- Masks bad words, and silences for a while who goes on with them.
--
-- The list is a file: one word a line, # begins a comment. Save it, and the plugins reload (plugins.watch, or `hpush plugin reload`): no
-- connection drops, and nobody's strikes are forgotten, since they are kept in hpush.shared.
--
-- Stands after login and before chat_redirect:
--   - profanity: { words_file: profanity/words.txt, strikes: 3 }
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    words = { type = "list", default = {}, help = "bad words" },
    words_file = { type = "file", help = "more of them, one a line" },
    strikes = { type = "integer", default = 3, min = 0, help = "bad messages that silence the sender; 0 never does" },
    strike_seconds = { type = "number", default = 3600, min = 1, help = "how long a strike counts" },
    silence_seconds = { type = "number", default = 600, min = 1, help = "how long the sender is silenced" },
  },
}

local masks = {}    -- by word in its plain form

-- Common disguises of letters. Upper and lower case of ASCII are the same; other letters stand for themselves.
local disguises = { ["0"] = "o", ["1"] = "i", ["3"] = "e", ["4"] = "a", ["5"] = "s", ["7"] = "t", ["@"] = "a", ["$"] = "s" }

local function plain(word) return (word:lower():gsub("[013457@$]", disguises)) end

local function add(word, place)
  if type(word) ~= "string" or word:find("%s") or not utf8.len(word) then error(place .. " is no word", 0) end
  masks[plain(word)] = ("*"):rep(utf8.len(word) or 0)
end

function M.init(ctx)
  for i, word in ipairs(ctx.config.words) do add(word, ("words[%d]"):format(i)) end
  local number = 0
  for line in ((ctx.config.words_file or "") .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local word = line:gsub("#.*", ""):match("^%s*(.-)%s*$")
    if word ~= "" then add(word, ("words_file, line %d"):format(number)) end
  end
end

-- Whole words only: who forbids "ass" does not want to mask "class". All bytes over 127 belong to letters of other scripts.
local function masked(text)
  local result = text:gsub("[%w@$\128-\255]+", function(word) return masks[plain(word)] end)
  return result ~= text and result or nil
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local config, shared = ctx.config, hpush.shared
  -- Keys have 256 bytes at most, and a uid may have 255.
  local silence, strikes = "!" .. ctx.uid, "#" .. ctx.uid
  if shared.get(silence) then return reject { code = 7, info = "you are silenced for a while" } end
  local clean = masked(msg.content)
  if not clean then return end
  msg.content = clean
  hpush.metrics.add("masked")
  -- One count for all devices and loops. Its time runs from the first strike on.
  if config.strikes > 0 and shared.incr(strikes, 1, config.strike_seconds) >= config.strikes then
    shared.delete(strikes)
    shared.set(silence, true, config.silence_seconds)
    hpush.log.info(("%s is silenced for %g s"):format(ctx.uid, config.silence_seconds))
  end
end

return M
