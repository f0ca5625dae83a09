local MIDNIGHT = 1767571200    -- 2026-01-05 00:00 UTC

-- Sends messages to bob; how many were refused.
local function send(client, number)
  local refused = 0
  for _ = 1, number do
    client:send { to = "bob", content = "hi" }
    if client:refused() then refused = refused + 1 end
  end
  return refused
end

test("refuses what is over the number", { config = { messages = 3 } }, function(t)
  local a, b = t:login("alice"), t:login("bob")
  t:equal(send(a, 3), 0)
  a:send { to = "bob", content = "one more" }
  t:equal(a:refused(), { code = 4, info = "3 messages a day are used up, again after midnight", msg_id = 4 })
  for _ = 1, 3 do assert(b:received()) end
  t:equal(b:received(), nil)
  t:equal(t:metric("refused"), 1)
end)

test("counts a user's devices together on all loops, and each user alone", { config = { messages = 3 }, loops = 2 }, function(t)
  local a, phone, c = t:login("alice"), t:login("alice", { device = "phone" }), t:login("carol")
  t:login("bob")
  t:equal(send(a, 2), 0)
  t:equal(send(phone, 2), 1)
  t:equal(send(c, 3), 0)
  a:logout()
  t:equal(send(t:login("alice"), 1), 1, "logging in again does not help")
end)

test("starts anew at midnight", { config = { messages = 2 }, time = MIDNIGHT + 23 * 3600 + 3590 }, function(t)
  local a = t:login("alice")
  t:login("bob")
  t:equal(send(a, 3), 1)
  t:advance(9)
  t:equal(send(a, 1), 1, "23:59:59")
  t:advance(2)
  t:equal(send(a, 3), 1, "00:00:01")
  t:advance(86400 - 2)
  t:equal(send(a, 1), 1, "23:59:59 of the next day")
  t:advance(2)
  t:equal(send(a, 1), 0)
end)

test("midnight is where the users are", { config = { messages = 1, utc_offset = 5.5 }, time = MIDNIGHT + 18 * 3600 + 1790 }, function(t)
  local a = t:login("alice")
  t:login("bob")
  t:equal(send(a, 2), 1)
  t:advance(11)    -- 18:30 UTC is midnight there
  t:equal(send(a, 2), 1)
end)

test("other numbers for some, none for others, notes to oneself free", { config = { messages = 1, users = { carol = 3, support = 0 } } }, function(t)
  local a, c, support = t:login("alice"), t:login("carol"), t:login("support")
  t:login("bob")
  t:equal(send(c, 4), 1)
  t:equal(send(support, 20), 0)
  for _ = 1, 5 do
    a:send { to = "alice", content = "a note" }
    t:equal(a:refused(), nil)
  end
  t:equal(send(a, 2), 1)
end)

test("tells the user once when few are left", { config = { messages = 5, warn_left = 2 } }, function(t)
  local a = t:login("alice")
  t:login("bob")
  send(a, 2)
  t:equal(a:notified(), nil)
  send(a, 1)
  t:equal(a:notified(), { type = 130, data = { left = 2, limit = 5 } })
  send(a, 3)
  t:equal(a:notified(), nil)
end)

test("a reload forgets nothing", { config = { messages = 2 } }, function(t)
  local a = t:login("alice")
  t:login("bob")
  send(a, 2)
  t:reload()
  t:equal(send(a, 1), 1)
  t:reload { config = { messages = 4 } }
  t:equal(send(a, 2), 1, "three were counted, one of them refused")
end)

test("group messages count, numbers are checked", { config = { messages = 1 } }, function(t)
  local a = t:login("alice")
  a:send { group = "all", content = "hi" }
  a:refused()
  a:send { group = "all", content = "hi" }
  t:equal(a:refused().code, 4)
  local good, why = pcall(t.reload, t, { config = { users = { bob = "many" } } })
  t:equal(good, false)
  assert(tostring(why):find("users.bob is many", 1, true), why)
end)
