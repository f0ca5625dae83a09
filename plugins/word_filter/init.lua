-- Words that must not be said: masked with asterisks, or the message is refused.
--
-- Words are found anywhere in the text, also inside others. Case does not matter for ASCII letters.
local Words = require "word_filter.words"
local reject = hpush.reject

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    words = { type = "list", default = {}, help = "the words" },
    words_file = { type = "file", help = "more of them: one a line; empty lines and those that start with # do not count" },
    action = { type = "string", default = "mask", enum = { "mask", "reject" } },
  },
}

local words, masks

local function add(word, where)
  if type(word) ~= "string" then error(where .. " is a " .. type(word) .. ", expected a word", 0) end
  if word == "" then error(where .. " is empty", 0) end
  if not utf8.len(word) then error(where .. " is not UTF-8", 0) end
  Words.add(words, word)
end

function M.init(ctx)
  words = Words.new()
  masks = ctx.config.action == "mask"
  for i, word in ipairs(ctx.config.words) do add(word, ("words[%d]"):format(i)) end
  local number = 0
  for line in ((ctx.config.words_file or ""):gsub("^\xef\xbb\xbf", "") .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local word = line:match("^%s*(.-)%s*$")
    if word ~= "" and word:sub(1, 1) ~= "#" then add(word, ("words_file, line %d"):format(number)) end
  end
  Words.finish(words)
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  if words.count == 0 then return end
  if masks then
    local masked = Words.mask(words, msg.content)
    if masked then msg.content = masked end
  elseif Words.occur(words, msg.content) then
    return reject { code = 7, info = "the message contains a word that is not allowed" }
  end
end

return M
