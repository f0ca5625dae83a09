local Words = require "word_filter.words"

local function through(t, text)
  local alice, bob = t:login("alice"), t:login("bob")
  alice:send{ to = "bob", content = text }
  local message = bob:received()
  return message and message.content, alice:refused()
end

test("words are masked wherever they stand, whatever their case", { config = { words = { "darn", "heck" } } }, function(t)
  t:equal(through(t, "Darn it, what the HECKler"), "**** it, what the ****ler")
end)

test("one asterisk a character", { config = { words = { "žluť" } } }, function(t)
  t:equal(through(t, "žluťák"), "****ák")
end)

test("other messages are left alone", { config = { words = { "darn" } } }, function(t)
  t:equal(through(t, "a fine day"), "a fine day")
end)

test("without words nothing happens", function(t)
  t:equal(through(t, "darn"), "darn")
end)

test("or the message is refused", { config = { words = { "darn" }, action = "reject" } }, function(t)
  local text, refused = through(t, "oh darn")
  t:equal(text, nil)
  t:equal(refused.code, 7)
end)

test("a reload brings other words", { config = { words = { "darn" } } }, function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  t:reload{ config = { words = { "heck" } } }
  alice:send{ to = "bob", content = "darn heck" }
  t:equal(bob:received().content, "darn ****")
  local good, why = pcall(t.reload, t, { config = { words = { 1 } } })
  assert(not good and why:find("words[1]", 1, true), why)
  alice:send{ to = "bob", content = "darn heck" }
  t:equal(bob:received().content, "darn ****", "a reload that failed changes nothing")
end)

test("the longest word wins", function(t)
  local words = Words.new()
  for _, word in ipairs { "he", "hello", "hell" } do Words.add(words, word) end
  Words.finish(words)
  t:equal(Words.mask(words, "hellos he"), "*****s **")
  t:equal(Words.mask(words, "nothing"), nil)
end)
