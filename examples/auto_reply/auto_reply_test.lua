-- 12:00 at the start of each test.
local NOON = 1767614400

local function away(client, text, seconds)
  return client:call("auto_reply.set", hpush.json.encode { text = text or "away", seconds = seconds or 86400 })
end

test("answers who writes, after the message is delivered", function(t)
  local a, b = t:login("alice"), t:login("bob")
  t:equal(hpush.json.decode(away(b, "on holiday")), { ["until"] = NOON + 86400 })
  a:send { to = "bob", content = "hi" }
  t:equal(b:received().content, "hi")
  local answer = a:received()
  t:equal(answer.from, "bob")
  t:equal(answer.to, "alice")
  t:equal(answer.content, "on holiday")
  t:equal(answer.msg_type, 98)
  t:equal(answer.time, NOON * 1000)
  t:equal(a:refused(), nil)
end)

test("all devices of the sender get it, other users and the owner do not", { loops = 2 }, function(t)
  local a, phone, b, c = t:login("alice"), t:login("alice", { device = "phone" }), t:login("bob"), t:login("carol")
  away(b)
  a:send { to = "bob", content = "hi" }
  t:equal(a:received().content, "away")
  t:equal(phone:received().content, "away")
  t:equal(b:received().content, "hi")
  t:equal(b:received(), nil)
  t:equal(c:received(), nil)
end)

test("one answer a sender and hour", { config = { again_seconds = 3600 } }, function(t)
  local a, b, c = t:login("alice"), t:login("bob"), t:login("carol")
  away(b)
  for _ = 1, 3 do a:send { to = "bob", content = "hi" } end
  assert(a:received())
  t:equal(a:received(), nil)
  c:send { to = "bob", content = "hi" }
  assert(c:received(), "another sender is answered")
  t:advance(3601)
  a:send { to = "bob", content = "hi" }
  assert(a:received(), "an hour later again")
end)

test("two who are away do not answer each other for ever", function(t)
  local a, b = t:login("alice"), t:login("bob")
  away(a, "alice is away")
  away(b, "bob is away")
  a:send { to = "bob", content = "hi" }
  t:equal(a:received().content, "bob is away")
  t:equal(b:received().content, "hi")
  t:equal(b:received(), nil)
  t:equal(a:received(), nil)
  -- A client that answers by itself marks what it sends, as we do.
  a:send { to = "bob", content = "auto", msg_type = 98 }
  t:advance(7200)
  a:send { to = "bob", content = "auto", msg_type = 98 }
  t:equal(a:received(), nil)
end)

test("answers for somebody offline, who need not be there", function(t)
  local a, b = t:login("alice"), t:login("bob")
  away(b)
  b:logout()
  a:send { to = "bob", content = "hi" }
  t:equal(a:refused().code, 9)
  t:equal(a:received().content, "away")
end)

test("not to groups, nor to oneself", function(t)
  local b = t:login("bob")
  away(b)
  b:send { to = "bob", content = "a note" }
  t:equal(b:received().content, "a note")
  t:equal(b:received(), nil)
  local a = t:login("alice")
  a:send { to = "bob", group = "all", content = "hi" }
  t:equal(a:received(), nil)
end)

test("ends by itself, or when it is cleared", function(t)
  local a, b = t:login("alice"), t:login("bob")
  away(b, "away", 60)
  t:advance(61)
  a:send { to = "bob", content = "hi" }
  t:equal(a:received(), nil)
  t:equal(b:call("auto_reply.get"), "{}")
  away(b)
  t:equal(b:call("auto_reply.clear"), '{"cleared":true}')
  t:equal(b:call("auto_reply.clear"), '{"cleared":false}')
  a:send { to = "bob", content = "hi" }
  t:equal(a:received(), nil)
end)

test("outlives a reload", function(t)
  local a, b = t:login("alice"), t:login("bob")
  away(b)
  t:reload()
  t:equal(hpush.json.decode(b:call("auto_reply.get")).text, "away")
  a:send { to = "bob", content = "hi" }
  t:equal(a:received().content, "away")
end)

test("says what is wrong with a request", { config = { max_bytes = 10, max_seconds = 100 } }, function(t)
  local b = t:login("bob")
  for body, info in pairs {
    [""] = "the body is a JSON object", ["[1"] = "the body is a JSON object", ["1"] = "the body is a JSON object", ["{}"] = "text is text of 1 to 10 bytes",
    ['{"text":"12345678901","seconds":1}'] = "text is text of 1 to 10 bytes", ['{"text":"away"}'] = "seconds is a number from 1 to 100",
    ['{"text":"away","seconds":101}'] = "seconds is a number from 1 to 100", ['{"text":"away","seconds":-1}'] = "seconds is a number from 1 to 100",
  } do
    local answer, refusal = b:call("auto_reply.set", body)
    t:equal(answer, nil, body)
    t:equal(refusal, { code = 7, info = info }, body)
  end
end)

test("the longest names", function(t)
  local long = ("x"):rep(255)
  local a, b = t:login(long), t:login(("y"):rep(255))
  assert(away(b))
  a:send { to = ("y"):rep(255), content = "hi" }
  t:equal(a:received().content, "away")
  a:send { to = ("y"):rep(300), content = "hi" }
  t:equal(a:refused().code, 9)
end)
