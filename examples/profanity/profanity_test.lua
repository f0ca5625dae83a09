local function talk(t) return t:login("alice"), t:login("bob") end

-- What bob gets of a text.
local function through(a, b, text)
  a:send { to = "bob", content = text }
  local got = b:received()
  return got and got.content
end

test("masks words of the list and of the file", { config = { words = { "bad" }, words_file = "profanity/words.txt", strikes = 0 } }, function(t)
  local a, b = talk(t)
  t:equal(through(a, b, "a bad, DARN day, heck!"), "a ***, **** day, ****!")
  t:equal(through(a, b, "b4d d@rn"), "*** ****")
  t:equal(t:metric("masked"), 2)
end)

test("leaves other words and other scripts alone", { config = { words = { "bad", "böse" }, strikes = 0 } }, function(t)
  local a, b = talk(t)
  for _, text in ipairs { "badge, not a bad_ge", "", "ein böser Bub", "日本", "\u{1F600}" } do
    t:equal(through(a, b, text), text == "badge, not a bad_ge" and "badge, not a ***_ge" or text)
  end
  t:equal(through(a, b, "böse!"), "****!")
end)

test("an empty list masks nothing", function(t)
  local a, b = talk(t)
  t:equal(through(a, b, "darn"), "darn")
end)

test("silences after so many strikes, on all devices, and not for ever", {
  config = { words = { "bad" }, strikes = 2, silence_seconds = 60 }, loops = 2,
}, function(t)
  local a, b = talk(t)
  local phone = t:login("alice", { device = "phone" })
  t:equal(through(a, b, "bad"), "***")
  t:equal(through(phone, b, "bad"), "***", "the second strike still arrives")
  t:equal(through(a, b, "sorry"), nil)
  t:equal(a:refused().code, 7)
  t:equal(through(phone, b, "sorry"), nil)
  t:equal(phone:refused().info, "you are silenced for a while")
  t:advance(61)
  t:equal(through(a, b, "sorry"), "sorry")
end)

test("strikes are forgotten after their time", { config = { words = { "bad" }, strikes = 2, strike_seconds = 10 } }, function(t)
  local a, b = talk(t)
  through(a, b, "bad")
  t:advance(11)
  through(a, b, "bad")
  t:equal(through(a, b, "hello"), "hello")
end)

test("a new list is in force after a reload, strikes stay", { config = { words = { "bad" }, strikes = 2 } }, function(t)
  local a, b = talk(t)
  through(a, b, "bad")
  t:reload { config = { words = { "worse" }, strikes = 2 } }
  t:equal(through(a, b, "bad"), "bad")
  t:equal(through(a, b, "worse"), "*****")
  through(a, b, "hello")
  t:equal(a:refused().code, 7, "one strike from before, one from after")
end)

test("what is no word is refused, with its place", { config = { words = { "bad" } } }, function(t)
  for _, word in ipairs { "two words", "\xff", 7 } do
    local good, why = pcall(t.reload, t, { config = { words = { "good", word } } })
    t:equal(good, false)
    assert(tostring(why):find("words[2] is no word", 1, true), why)
  end
end)
