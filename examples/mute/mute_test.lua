local MODERATED = { moderators = { "mod", "second" } }

-- Calls a route with a table and gives a table.
local function call(client, route, request)
  local body, refusal = client:call(route, hpush.json.encode(request))
  return body and hpush.json.decode(body), refusal
end

test("a muted user is refused, others are not", { config = MODERATED }, function(t)
  local mod, a, b = t:login("mod"), t:login("alice"), t:login("bob")
  local answer = call(mod, "mute.set", { user = "alice", seconds = 90, reason = "spam" })
  t:equal(answer["until"], 1767614400 + 90)
  t:equal(a:notified(), { type = 110, data = { muted = true, ["until"] = 1767614490, reason = "spam" } })
  a:send { to = "bob", content = "hi" }
  t:equal(a:refused().info, "you are muted for 2 more minutes: spam")
  t:equal(b:received(), nil)
  b:send { to = "alice", content = "hi" }
  t:equal(a:received().content, "hi")
end)

test("all devices are muted on all loops, also those that log in later, and for groups", { config = MODERATED, loops = 2 }, function(t)
  local mod = t:login("mod")
  t:login("bob")
  call(mod, "mute.set", { user = "alice", seconds = 60 })
  for _, device in ipairs { "phone", "web" } do
    local a = t:login("alice", { device = device })
    a:send { to = "bob", content = "hi" }
    t:equal(a:refused().code, 7, device)
    a:send { group = "all", content = "hi" }
    t:equal(a:refused().code, 7, device)
    a:send { to = "alice", content = "a note" }
    t:equal(a:refused(), nil, device)
  end
end)

test("a mute ends by itself, or when it is lifted", { config = MODERATED }, function(t)
  local mod, a, b = t:login("mod"), t:login("alice"), t:login("bob")
  call(mod, "mute.set", { user = "alice", seconds = 60 })
  t:advance(59)
  a:send { to = "bob", content = "early" }
  t:equal(a:refused().info, "you are muted for 1 more minute")
  t:advance(2)
  a:send { to = "bob", content = "free" }
  t:equal(b:received().content, "free")
  call(mod, "mute.set", { user = "alice", seconds = 60 })
  t:equal(call(mod, "mute.lift", { user = "alice" }), { lifted = true })
  t:equal(call(mod, "mute.lift", { user = "alice" }), { lifted = false })
  a:send { to = "bob", content = "free" }
  t:equal(b:received().content, "free")
end)

test("says who is muted", { config = MODERATED }, function(t)
  local mod = t:login("mod")
  t:equal(call(mod, "mute.get", { user = "alice" }), { muted = false })
  call(mod, "mute.set", { user = "alice", seconds = 60, reason = "spam" })
  t:equal(call(mod, "mute.get", { user = "alice" }), { muted = true, ["until"] = 1767614460, reason = "spam", by = "mod" })
end)

test("mutes outlive a reload", { config = MODERATED }, function(t)
  local mod, a = t:login("mod"), t:login("alice")
  call(mod, "mute.set", { user = "alice", seconds = 60 })
  t:reload()
  a:send { to = "mod", content = "hi" }
  t:equal(a:refused().code, 7)
end)

test("only moderators, and nobody mutes them", { config = MODERATED }, function(t)
  local mod, a = t:login("mod"), t:login("alice")
  local _, refusal = call(a, "mute.set", { user = "bob", seconds = 60 })
  t:equal(refusal, { code = 7, info = "moderators only" })
  _, refusal = call(mod, "mute.set", { user = "second", seconds = 60 })
  t:equal(refusal, { code = 7, info = "moderators can't be muted" })
end)

test("bad requests are told what is wrong", { config = MODERATED }, function(t)
  local mod = t:login("mod")
  for body, info in pairs {
    ["no json"] = "the body is a JSON object", ["1"] = "the body is a JSON object", ["{}"] = "user is a user id",
    ['{"user":""}'] = "user is a user id", ['{"user":"a"}'] = "seconds is a number up to 604800",
    ['{"user":"a","seconds":0}'] = "seconds is a number up to 604800", ['{"user":"a","seconds":"1"}'] = "seconds is a number up to 604800",
    ['{"user":"a","seconds":1,"reason":2}'] = "reason is text of 200 bytes at most",
  } do
    local answer, refusal = mod:call("mute.set", body)
    t:equal(answer, nil, body)
    t:equal(refusal, { code = 7, info = info }, body)
  end
end)
