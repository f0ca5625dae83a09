-- A set of words that finds them in a text in one way through it, however many there are.
--
-- By its first character a place in the text leads to the lengths that words so begun have, longest first; a piece of that length is then
-- looked up among all words. Words are compared without regard to the case of ASCII letters; other letters stand for themselves.
local byte, find, lower, sub = string.byte, string.find, string.lower, string.sub

local Words = {}

function Words.new()
  return { count = 0, masks = {}, lengths = {} }
end

function Words.add(words, word)
  word = lower(word)
  if words.masks[word] then return end
  words.masks[word] = ("*"):rep(utf8.len(word) or #word)    -- one asterisk a character
  words.count = words.count + 1
  local first = word:match(utf8.charpattern)
  local lengths = words.lengths[first] or {}
  words.lengths[first] = lengths
  lengths[#word] = true
end

-- Call it once, when all words are added.
function Words.finish(words)
  local starts = {}
  for first, set in pairs(words.lengths) do
    local list = {}
    for length in pairs(set) do list[#list + 1] = length end
    table.sort(list, function(a, b) return a > b end)
    words.lengths[first] = list
    local start = sub(first, 1, 1)
    starts[start:match("%p") and "%" .. start or start] = true
  end
  -- Finds where a word may start, so that most of a text is passed over in one call.
  local set = {}
  for start in pairs(starts) do set[#set + 1] = start end
  words.pattern = "[" .. table.concat(set) .. "]"
end

-- Bytes of the UTF-8 character that starts with `b`.
local function width(b)
  return b < 0x80 and 1 or b < 0xe0 and 2 or b < 0xf0 and 3 or 4
end

-- The next word in a text in lower case, from a byte on: its first byte, its last, its mask; nil if there is none. The longest wins.
local function next_word(words, text, from)
  local masks, pattern = words.masks, words.pattern
  local at = find(text, pattern, from)
  while at do
    local lengths = words.lengths[sub(text, at, at + width(byte(text, at)) - 1)]
    for i = 1, lengths and #lengths or 0 do
      local last = at + lengths[i] - 1
      local mask = masks[sub(text, at, last)]
      if mask then return at, last, mask end
    end
    at = find(text, pattern, at + 1)
  end
end

-- The text with asterisks for the words in it; nil if there are none.
function Words.mask(words, text)
  local small = lower(text)
  local first, last, mask = next_word(words, small, 1)
  if not first then return nil end
  local parts, position = {}, 1
  while first do
    parts[#parts + 1] = sub(text, position, first - 1)
    parts[#parts + 1] = mask
    position = last + 1
    first, last, mask = next_word(words, small, position)
  end
  parts[#parts + 1] = sub(text, position)
  return table.concat(parts)
end

function Words.occur(words, text)
  return next_word(words, lower(text), 1) ~= nil
end

return Words
