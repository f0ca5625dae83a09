local pipeline = { { login = { mode = "open" } }, { inbox = { max_messages = 3 } }, "chat_redirect" }

local function contents(client)
  local found = {}
  for message in client.received, client do found[#found + 1] = message.content end
  return found
end

test("who is not there gets it at the next login, once a device", { pipeline = pipeline }, function(t)
  local alice = t:login("alice")
  alice:send{ to = "bob", content = "one" }
  alice:send{ to = "bob", content = "two" }
  t:equal(alice:refused(), nil, "it is stored: that is a success")
  local phone = t:login("bob", { device = "phone" })
  t:equal(contents(phone), { "one", "two" })
  alice:send{ to = "bob", content = "three" }
  t:equal(contents(phone), { "three" })
  phone:disconnect()
  t:equal(contents(t:login("bob", { device = "phone" })), {})
  t:equal(contents(t:login("bob", { device = "tablet" })), {}, "a new device starts with what no other has got")
end)

test("messages are numbered in their conversation", { pipeline = pipeline }, function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  alice:send{ to = "bob", content = "hi" }
  t:equal(bob:received().conversation_seq, 1)
  bob:send{ to = "alice", content = "hello" }
  local message = alice:received()
  t:equal(message.conversation_seq, 2)
  assert(message.server_id ~= 0)
end)

test("a full inbox refuses and drops nothing", { pipeline = pipeline }, function(t)
  local alice = t:login("alice")
  for i = 1, 4 do alice:send{ to = "bob", content = tostring(i) } end
  t:equal(alice:refused().code, 9)
  t:equal(contents(t:login("bob")), { "1", "2", "3" })
  alice:send{ to = "bob", content = "5" }
  t:equal(alice:refused(), nil, "there is room again")
end)

test("nothing is stored for who is no user", {
  pipeline = { { login = { mode = "password" } }, "inbox", "chat_redirect" },
}, function(t)
  t:user("alice", { password = "a" })
  local alice = t:login("alice", { token = "a" })
  local id = alice:send{ to = "nobody", content = "hi" }
  t:equal(alice:refused(), { code = 6, info = "no such user", msg_id = id })
end)

test("groups are stored once and reach every member", { pipeline = pipeline }, function(t)
  t:group("team", { "alice", "bob", "carol" })
  local alice, own, bob = t:login("alice"), t:login("alice", { device = "tablet" }), t:login("bob")
  alice:send{ group = "team", content = "hi" }
  t:equal(contents(bob), { "hi" })
  t:equal(contents(own), { "hi" })
  t:equal(contents(alice), {})
  t:equal(contents(t:login("carol")), { "hi" })
  local eve = t:login("eve")
  eve:send{ group = "team", content = "let me in" }
  t:equal(eve:refused().code, 7)
  eve:send{ group = "other", content = "hello?" }
  t:equal(eve:refused().code, 6)
end)
