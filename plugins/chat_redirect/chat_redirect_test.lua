test("a message reaches every session of its recipient, with the sender's name", function(t)
  local alice, other = t:login("alice"), t:login("alice", { device = "tablet" })
  local phone, browser = t:login("bob", { device = "phone" }), t:login("bob", { device = "browser" })
  local id = alice:send{ to = "bob", content = "hi", from = "mallory" }
  for _, bob in ipairs { phone, browser } do
    local message = bob:received()
    t:equal(message.content, "hi")
    t:equal(message.from, "alice")
    t:equal(message.msg_id, id)
    t:equal(bob:received(), nil)
  end
  t:equal(alice:refused(), nil)
  t:equal(other:received(), nil, "own devices see nothing unless told to")
end)

test("own devices see it too, where the configuration says so", { config = { echo_to_own_devices = true } }, function(t)
  local alice, own = t:login("alice"), t:login("alice")
  alice:send{ to = "bob", content = "nobody there" }
  t:equal(alice:refused().code, 9)
  t:equal(own:received(), nil)
  local bob = t:login("bob")
  alice:send{ to = "bob", content = "hi" }
  t:equal(own:received().content, "hi")
  t:equal(bob:received().content, "hi")
  t:equal(alice:received(), nil)
end)

test("who is not online is not reachable, who does not exist is no user", {
  pipeline = { { login = { mode = "password" } }, "chat_redirect" },
}, function(t)
  t:user("alice", { password = "a" })
  t:user("bob")
  local alice = t:login("alice", { token = "a" })
  local first = alice:send{ to = "bob", content = "hi" }
  t:equal(alice:refused(), { code = 9, info = "not reachable now", msg_id = first })
  local second = alice:send{ to = "nobody", content = "hi" }
  t:equal(alice:refused(), { code = 6, info = "no such user", msg_id = second })
end)

test("a group that does not exist", function(t)
  local alice = t:login("alice")
  t:login("bob")
  alice:send{ to = "bob", group = "team", content = "hi" }
  t:equal(alice:refused().code, 6)
end)
