test("every member gets it, on all devices but the sending one", function(t)
  t:group("team", { "alice", "bob" })
  local alice, own = t:login("alice"), t:login("alice", { device = "tablet" })
  local bob, carol = t:login("bob"), t:login("carol")
  alice:send{ group = "team", content = "hi" }
  t:equal(bob:received().content, "hi")
  t:equal(own:received().group, "team")
  t:equal(alice:received(), nil)
  t:equal(carol:received(), nil)
  t:equal(alice:refused(), nil)
end)

test("only members may send", function(t)
  t:group("team", { "alice", "bob" })
  local eve, bob = t:login("eve"), t:login("bob")
  local id = eve:send{ group = "team", content = "hi" }
  t:equal(eve:refused(), { code = 7, info = "not a member of the group", msg_id = id })
  id = eve:send{ group = "nowhere", content = "hi" }
  t:equal(eve:refused(), { code = 6, info = "no such group", msg_id = id })
  t:equal(bob:received(), nil)
end)

test("a group may be too large", { config = { max_members = 2 } }, function(t)
  t:group("crowd", { "alice", "bob", "carol" })
  local alice = t:login("alice")
  alice:send{ group = "crowd", content = "hi" }
  t:equal(alice:refused().info, "the group has more than 2 members")
end)

test("messages to users pass", function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  alice:send{ to = "bob", content = "hi" }
  t:equal(bob:received().content, "hi")
end)
