-- 2026-01-05 is a Monday; all times below are UTC.
local function at(hour, minute) return 1767571200 + hour * 3600 + (minute or 0) * 60 end

local NIGHT = { from = "22:00", to = "07:00" }

-- Sends one message at a time of the day; the refusal, or nil and what bob got.
local function send_at(t, time, fields)
  local a, b = t:login("alice"), t:login("bob")
  t:time(time)
  fields = fields or {}
  fields.to, fields.content = fields.to or "bob", "hi"
  a:send(fields)
  return a:refused(), b:received()
end

test("passes by day", { config = NIGHT }, function(t)
  local refusal, got = send_at(t, at(12))
  t:equal(refusal, nil)
  t:equal(got.content, "hi")
end)

test("refuses before and after midnight, and says until when", { config = NIGHT }, function(t)
  local refusal, got = send_at(t, at(23, 30))
  t:equal(refusal.code, 7)
  t:equal(refusal.info, "quiet hours until 07:00")
  t:equal(got, nil)
  t:equal((send_at(t, at(3))).code, 7)
  t:equal(t:metric("refused"), 2)
end)

test("the first minute is quiet, the last is not", { config = NIGHT }, function(t)
  t:equal((send_at(t, at(21, 59))), nil)
  t:equal((send_at(t, at(22, 0))).code, 7)
  t:equal((send_at(t, at(6, 59))).code, 7)
  t:equal((send_at(t, at(7, 0))), nil)
end)

test("hours within one day", { config = { from = "12:30", to = "13:00" } }, function(t)
  t:equal((send_at(t, at(12, 29))), nil)
  t:equal((send_at(t, at(12, 45))).code, 7)
  t:equal((send_at(t, at(13))), nil)
end)

test("the same two times are never quiet", { config = { from = "09:00", to = "09:00" } }, function(t)
  t:equal((send_at(t, at(9))), nil)
  t:equal((send_at(t, at(21))), nil)
end)

test("the recipient's clock counts", { config = { from = "22:00", to = "07:00", utc_offset = 1, offsets = { bob = -5, chandra = 5.5 } } }, function(t)
  t:equal((send_at(t, at(21, 30))), nil, "16:30 where bob is")
  t:equal((send_at(t, at(4))).code, 7, "23:00 where bob is")
  local a = t:login("alice")
  t:login("chandra")
  t:login("dora")
  t:time(at(16, 30))
  a:send { to = "chandra", content = "hi" }
  t:equal(a:refused().code, 7, "22:00 where chandra is")
  a:send { to = "dora", content = "hi" }
  t:equal(a:refused(), nil, "17:30 where dora is")
  t:time(at(21))
  a:send { to = "dora", content = "hi" }
  t:equal(a:refused().code, 7, "22:00 where dora is")
end)

test("urgent messages and notes to oneself pass at night", { config = NIGHT }, function(t)
  t:equal((send_at(t, at(2), { msg_type = 99 })), nil)
  t:equal((send_at(t, at(2), { to = "alice" })), nil)
end)

test("settings that make no sense are refused", { config = NIGHT }, function(t)
  for _, config in ipairs {
    { from = "24:00" }, { from = "7" }, { to = "07:60" }, { to = "night" }, { offsets = { bob = 15 } }, { offsets = { bob = -12.5 } },
    { offsets = { bob = "5" } },
  } do
    t:equal(pcall(t.reload, t, { config = config }), false, hpush.json.encode(config))
  end
  t:reload { config = { from = "23:59", to = "00:59", offsets = { bob = 14, alice = -12 } } }
end)
