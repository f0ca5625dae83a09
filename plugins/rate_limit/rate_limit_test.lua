local function sent(t, client, count)
  for _ = 1, count do client:send{ to = "bob", content = "x" } end
  local refused = 0
  while client:refused() do refused = refused + 1 end
  return count - refused
end

test("a burst passes, then what the rate allows", { config = { messages_per_second = 2, burst = 5 } }, function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  t:equal(sent(t, alice, 10), 5)
  t:advance(1)
  t:equal(sent(t, alice, 10), 2)
  t:advance(0.2)
  t:equal(sent(t, alice, 1), 0)
  t:advance(60)
  t:equal(sent(t, alice, 10), 5, "it fills up to the burst and no further")
  t:equal(bob.closed, nil)
end)

test("each session has a bucket of its own", { config = { messages_per_second = 1, burst = 1 } }, function(t)
  local phone, browser = t:login("alice"), t:login("alice")
  t:login("bob")
  t:equal({ sent(t, phone, 3), sent(t, browser, 3) }, { 1, 1 })
end)

test("too many are told so", { config = { messages_per_second = 1, burst = 1 } }, function(t)
  local alice = t:login("alice")
  t:login("bob")
  alice:send{ to = "bob" }
  local id = alice:send{ to = "bob" }
  t:equal(alice:refused(), { code = 4, info = "too many messages", msg_id = id })
  t:equal(alice.closed, nil)
end)

test("or their connection closes", { config = { messages_per_second = 1, burst = 1, on_excess = "close" } }, function(t)
  local alice = t:login("alice")
  t:login("bob")
  alice:send{ to = "bob" }
  alice:send{ to = "bob" }
  t:equal(alice:refused().code, 4)
  t:equal(alice.closed, "too many messages")
end)

test("a reload hands out no fresh burst", { config = { messages_per_second = 1, burst = 2 } }, function(t)
  local alice = t:login("alice")
  t:login("bob")
  t:equal(sent(t, alice, 5), 2)
  t:reload()
  t:equal(sent(t, alice, 5), 0)
  t:advance(1)
  t:equal(sent(t, alice, 5), 1)
end)
