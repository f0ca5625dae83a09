local function refusal(t, message)
  local alice = t:login("alice")
  t:login("bob")
  message.to = "bob"
  alice:send(message)
  return alice:refused()
end

local midnight = os.time { year = 2026, month = 1, day = 5, hour = 0 }

test("messages pass by day", { config = { from = 22, to = 7 } }, function(t)
  t:equal(refusal(t, { content = "hi" }), nil)
end)

test("nobody is disturbed at night", { config = { from = 22, to = 7 }, time = midnight }, function(t)
  local refused = refusal(t, { content = "hi" })
  t:equal(refused.code, 7)
  t:equal(refused.info, "quiet hours until 7:00 UTC")
end)

test("the night begins and ends on the hour", { config = { from = 22, to = 7 } }, function(t)
  local alice, bob = t:login("alice"), t:login("bob")
  for hour, passes in pairs { [21.99] = true, [22] = false, [6.99] = false, [7] = true } do
    t:time(midnight + hour * 3600)
    alice:send{ to = "bob", content = tostring(hour) }
    t:equal(bob:received() ~= nil, passes, "at " .. hour)
  end
end)

test("hours within one day", { config = { from = 12, to = 14 } }, function(t)
  t:equal(refusal(t, { content = "lunch" }).code, 7)
end)

test("urgent messages pass", { config = { from = 22, to = 7 }, time = midnight }, function(t)
  t:equal(refusal(t, { content = "fire", msg_type = 99 }), nil)
end)
