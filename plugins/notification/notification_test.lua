local ONLINE, OFFLINE, CONNECTED = 10, 20, 30

-- Notices of one kind that a client got; the others are thrown away.
local function notices(client, kind)
  local found = {}
  for notice in client.notified, client do
    if notice.type == kind then found[#found + 1] = notice.data end
  end
  return found
end

test("a session is told where it is connected", function(t)
  local alice = t:login("alice")
  t:equal(notices(alice, CONNECTED), { { node = "node-1", session = alice.id } })
end)

test("contacts are told when a user comes and goes, once for all devices", function(t)
  t:user("alice", { contacts = { "bob" } })
  local bob, carol = t:login("bob"), t:login("carol")
  local phone, browser = t:login("alice", { device = "phone" }), t:login("alice", { device = "browser" })
  t:equal(notices(bob, ONLINE), { { uid = "alice", device = "phone" } })
  phone:disconnect()
  t:equal(notices(bob, OFFLINE), {})
  browser:logout()
  t:equal(notices(bob, OFFLINE), { { uid = "alice", device = "browser" } })
  t:equal(notices(carol, ONLINE), {})
end)

test("or all are told", { config = { presence = "all" } }, function(t)
  local bob = t:login("bob", { device = "b" })
  t:login("alice", { device = "a" }):disconnect()
  local found = {}
  for notice in bob.notified, bob do found[#found + 1] = { notice.type, notice.data.uid } end
  t:equal(found, { { CONNECTED }, { ONLINE, "bob" }, { ONLINE, "alice" }, { OFFLINE, "alice" } })
end)

test("or nobody", { config = { presence = "none" } }, function(t)
  t:user("alice", { contacts = { "bob" } })
  local bob = t:login("bob")
  t:login("alice"):disconnect()
  t:equal(#notices(bob, ONLINE), 0)
end)
