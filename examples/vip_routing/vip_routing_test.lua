local DESK = { agents = { "ann", "ben" }, vip_agents = { "zoe" }, vips = { "carol" }, keep_seconds = 100 }

-- Who of the agents has got the next message; asks all, so that none stays behind.
local function taker(agents)
  local found
  for name, client in pairs(agents) do
    local got = client:received()
    if got then found = found and (found .. "," .. name) or name end
  end
  return found
end

test("a customer reaches one agent and keeps them", { config = DESK }, function(t)
  local agents = { ann = t:login("ann"), ben = t:login("ben") }
  local a = t:login("alice")
  a:send { to = "support", content = "help" }
  local first = taker(agents)
  assert(first == "ann" or first == "ben", first)
  for _ = 1, 3 do
    a:send { to = "support", content = "more" }
    t:equal(taker(agents), first)
  end
  t:equal(a:refused(), nil)
end)

test("new customers are shared out, also on several loops", { config = DESK, loops = 3 }, function(t)
  local agents = { ann = t:login("ann"), ben = t:login("ben") }
  local count = { ann = 0, ben = 0 }
  for i = 1, 4 do
    t:login("customer" .. i):send { to = "support", content = "help" }
    local name = taker(agents)
    count[name] = count[name] + 1
  end
  t:equal(count, { ann = 2, ben = 2 })
end)

test("VIPs reach their desk, and the others when it is empty", { config = DESK }, function(t)
  local agents = { ann = t:login("ann"), zoe = t:login("zoe") }
  local carol = t:login("carol")
  carol:send { to = "support", content = "me" }
  t:equal(taker(agents), "zoe")
  agents.zoe:logout()
  carol:send { to = "support", content = "me" }
  t:equal(agents.ann:received().content, "me")
end)

test("answers come from the address, other messages do not", { config = DESK }, function(t)
  local ann, a, b = t:login("ann"), t:login("alice"), t:login("bob")
  a:send { to = "support", content = "help" }
  local got = ann:received()
  t:equal(got.from, "alice")
  t:equal(got.to, "support")
  ann:send { to = "alice", content = "gladly" }
  local answer = a:received()
  t:equal(answer.from, "support")
  t:equal(answer.content, "gladly")
  ann:send { to = "bob", content = "lunch?" }
  t:equal(b:received().from, "ann")
  b:send { to = "alice", content = "hi" }
  t:equal(a:received().from, "bob")
end)

test("the conversation ends after its time", { config = DESK }, function(t)
  local ann, a = t:login("ann"), t:login("alice")
  a:send { to = "support", content = "help" }
  t:advance(101)
  ann:send { to = "alice", content = "still there?" }
  t:equal(a:received().from, "ann")
end)

test("nobody there", { config = DESK }, function(t)
  local a = t:login("alice")
  a:send { to = "support", content = "help" }
  t:equal(a:refused().code, 9)
end)

test("an agent is a customer as well, but never their own agent", { config = DESK }, function(t)
  local ann = t:login("ann")
  ann:send { to = "support", content = "help" }
  t:equal(ann:refused().code, 9)
  local ben = t:login("ben")
  ann:send { to = "support", content = "help" }
  t:equal(ben:received().from, "ann")
end)

test("conversations outlive a reload", { config = DESK }, function(t)
  local agents = { ann = t:login("ann"), ben = t:login("ben") }
  local a = t:login("alice")
  a:send { to = "support", content = "help" }
  local first = taker(agents)
  t:reload()
  a:send { to = "support", content = "more" }
  t:equal(taker(agents), first)
end)

test("nobody logs in as the address", { config = DESK }, function(t)
  local client, refusal = t:try_login("support")
  t:equal(client, nil)
  t:equal(refusal.code, 1)
end)
