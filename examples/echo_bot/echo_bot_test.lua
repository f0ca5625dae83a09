test("the bot sends everything back", function(t)
  local alice = t:login("alice")
  alice:send{ to = "echo", content = "hi", url = "a picture" }
  local answer = alice:received()
  t:equal({ answer.from, answer.to, answer.content, answer.url }, { "echo", "alice", "you said: hi", "a picture" })
  t:equal(alice:refused(), nil)
end)

test("it has the name it is given", { config = { name = "parrot" } }, function(t)
  local alice = t:login("alice")
  alice:send{ to = "parrot", content = "hi" }
  t:equal(alice:received().from, "parrot")
  alice:send{ to = "echo", content = "hi" }
  t:equal(alice:refused().code, 9)
end)

test("others get their messages as ever", function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  alice:send{ to = "bob", content = "hi" }
  t:equal(bob:received().content, "hi")
end)

test("the route gives back what came, of whatever bytes", function(t)
  local alice = t:login("alice")
  t:equal(alice:call("echo", "\0\xff"), "\0\xff")
  t:equal(alice:call("echo"), "")
  local body, refused = alice:call("ehco")
  t:equal(body, nil)
  t:equal(refused, { code = 3, info = "no such route" })
end)
