-- What the bot answers to a text.
local function ask(client, text)
  client:send { to = "bot", content = text }
  local got = client:received()
  return got and got.content
end

test("answers as a user", function(t)
  local a = t:login("alice")
  a:send { to = "bot", content = "/time", json = "{}", url = "http://x" }
  local got = a:received()
  t:equal(got.from, "bot")
  t:equal(got.to, "alice")
  t:equal(got.content, "12:00:00")
  t:equal(got.url, "")
  t:equal(a:refused(), nil)
  t:equal(ask(a, "  /TIME  "), "12:00:00")
end)

test("all devices of who asked get the answer, nobody else", function(t)
  local a, phone, b = t:login("alice"), t:login("alice", { device = "phone" }), t:login("bob")
  t:equal(ask(a, "/time"), "12:00:00")
  t:equal(phone:received().content, "12:00:00")
  t:equal(b:received(), nil)
  t:equal(ask(a, "/devices"), "test, since 2026-01-05 12:00\nphone, since 2026-01-05 12:00")
end)

test("answers as a route", function(t)
  local a = t:login("alice")
  t:equal(a:call("bot.command", "/time"), "12:00:00")
  t:equal(a:received(), nil)
  local _, refusal = a:call("bot.command", "/time \xff")
  t:equal(refusal.code, 7)
end)

test("dice", function(t)
  local a = t:login("alice")
  for _ = 1, 20 do
    local sum = tonumber(ask(a, "/roll 2d6"):match("^2d6: (%d+)$"))
    assert(sum >= 2 and sum <= 12, sum)
  end
  assert(ask(a, "/roll"):find("^1d6: [1-6]$"))
  assert(ask(a, "/roll d20"):find("^1d20: "))
  for _, wrong in ipairs { "2d1", "0d6", "100d6", "2d6x", "two", "-1d6" } do t:equal(ask(a, "/roll " .. wrong), "dice are written as 2d6", wrong) end
end)

test("what it does not know", function(t)
  local a = t:login("alice")
  t:equal(ask(a, "hello"), "I know commands only. /help lists them.")
  t:equal(ask(a, ""), "I know commands only. /help lists them.")
  t:equal(ask(a, "/dance now"), "I do not know /dance. /help lists what I do.")
end)

test("commands for admins only", { config = { admins = { "root" } } }, function(t)
  local root, a = t:login("root"), t:login("alice")
  t:equal(ask(a, "/announce free beer"), "I do not know /announce. /help lists what I do.")
  assert(not ask(a, "/help"):find("announce"))
  assert(ask(root, "/help"):find("/announce - tells everybody", 1, true))
  t:equal(ask(root, "/announce"), "announce what?")
  t:equal(ask(root, "/announce back in five minutes"), "done")
  t:equal(a:notified(), { type = 120, data = { text = "back in five minutes", by = "root" } })
end)

test("other messages go their way, also with a slash", function(t)
  local a, b = t:login("alice"), t:login("bob")
  a:send { to = "bob", content = "/time" }
  t:equal(b:received().content, "/time")
  a:send { to = "bot", group = "bot", content = "/time" }
  t:equal(a:received(), nil)
end)

test("nobody logs in as the bot", { config = { name = "helper" } }, function(t)
  local client, refusal = t:try_login("helper")
  t:equal(client, nil)
  t:equal(refusal.code, 1)
  t:login("bot")
end)
