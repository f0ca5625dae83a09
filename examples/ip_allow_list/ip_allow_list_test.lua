local function before_login(config) return { pipeline = { { ip_allow_list = config }, { login = { mode = "open" } }, "chat_redirect" } } end
local function after_login(config) return { pipeline = { { login = { mode = "open" } }, { ip_allow_list = config }, "chat_redirect" } } end

-- Whether a login from each address is let in.
local function expect(t, answers)
  for remote, allowed in pairs(answers) do
    local client, refusal = t:try_login("alice", { remote = remote })
    t:equal(client ~= nil, allowed, remote)
    if refusal and not allowed then t:equal(refusal.code, 7, remote) end
  end
end

test("IPv4 networks and addresses", before_login { allow = { "10.0.0.0/8", "192.0.2.7", "172.16.0.0/12" } }, function(t)
  expect(t, {
    ["10.0.0.1:5000"] = true, ["10.255.255.255:5000"] = true, ["11.0.0.1:5000"] = false, ["9.255.255.255:5000"] = false,
    ["192.0.2.7:5000"] = true, ["192.0.2.8:5000"] = false, ["172.31.255.1:5000"] = true, ["172.32.0.1:5000"] = false,
  })
end)

test("IPv6, and IPv4 in it", before_login { allow = { "2001:db8::/33", "10.0.0.0/8", "fe80::1" } }, function(t)
  expect(t, {
    ["[2001:db8::1]:5000"] = true, ["[2001:db8:7fff::1]:5000"] = true, ["[2001:db8:8000::1]:5000"] = false, ["[2001:db9::1]:5000"] = false,
    ["[::ffff:10.1.2.3]:5000"] = true, ["[::ffff:11.1.2.3]:5000"] = false, ["[fe80::1%eth0]:5000"] = true, ["[::1]:5000"] = false,
  })
end)

test("networks in all their forms", before_login { allow = { "::ffff:10.0.0.0/104", "1:2:3:4:5:6:7:8", "::/128", "a::" } }, function(t)
  expect(t, {
    ["10.9.9.9:5000"] = true, ["11.0.0.1:5000"] = false, ["[1:2:3:4:5:6:7:8]:5000"] = true, ["[1:2:3:4:5:6:0.7.0.8]:5000"] = true,
    ["[1:2:3:4:5:6:7:9]:5000"] = false, ["[::]:5000"] = true, ["[::1]:5000"] = false, ["[A:0::0]:5000"] = true,
  })
end)

test("everything, of one family", before_login { allow = { "0.0.0.0/0" } }, function(t)
  expect(t, { ["203.0.113.9:5000"] = true, ["[2001:db8::1]:5000"] = false })
end)

test("it stands before login: no password is looked at", {
  pipeline = { { ip_allow_list = { allow = { "10.0.0.0/8" } } }, { login = { mode = "password" } } },
}, function(t)
  t:user("alice", { password = "secret" })
  local _, refusal = t:try_login("alice", { token = "secret", remote = "192.0.2.1:5000" })
  t:equal(refusal, { code = 7, info = "logging in is not allowed from here" })
  assert(t:login("alice", { token = "secret", remote = "10.1.1.1:5000" }))
  t:equal(t:metric("refused"), 1)
end)

test("only some users", after_login { allow = { "10.0.0.0/8" }, users = { "root" } }, function(t)
  t:login("alice", { remote = "192.0.2.1:5000" })
  t:login("root", { remote = "10.0.0.1:5000" })
  local client, refusal = t:try_login("root", { remote = "192.0.2.1:5000" })
  t:equal(client, nil)
  t:equal(refusal.code, 7)
end)

test("a session that is open stays through a reload with another list", before_login { allow = { "10.0.0.0/8" } }, function(t)
  local a = t:login("alice", { remote = "10.0.0.1:5000" })
  t:reload { config = { allow = { "192.0.2.0/24" } } }
  t:equal(a.closed, nil)
  expect(t, { ["10.0.0.1:5000"] = false, ["192.0.2.1:5000"] = true })
end)

test("wrong lists are refused, and the running one stays in force", before_login { allow = { "10.0.0.0/8" } }, function(t)
  for _, wrong in ipairs {
    "10.0.0.0/33", "10.0.0", "10.0.0.256", "10.0.0.0/-1", "localhost", "", "2001:db8::/129", "1:2:3:4:5:6:7", "1::2::3", "::12345", "1:2:3:4:5:6:7:8::",
  } do
    local good, why = pcall(t.reload, t, { config = { allow = { wrong } } })
    t:equal(good, false, wrong)
    assert(tostring(why):find("allow[1]", 1, true), why)
  end
  local good, why = pcall(t.reload, t, { config = { allow = {} } })
  t:equal(good, false)
  assert(tostring(why):find("allow is empty", 1, true), why)
  expect(t, { ["10.0.0.1:5000"] = true, ["192.0.2.1:5000"] = false })
end)
