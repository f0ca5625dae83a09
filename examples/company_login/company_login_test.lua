local SERVICE = { url = "https://sso.example.com/login" }
local PIPELINE = { { company_login = SERVICE }, "chat_redirect" }

-- A service that knows alice.
local function service(t)
  t:http(function(request)
    local body = hpush.json.decode(request.body)
    if body.user:lower() == "alice" and body.password == "secret" then return { status = 200, headers = {}, body = '{"user":"alice"}' } end
    return { status = 401, headers = {}, body = "no" }
  end)
end

test("lets in whom the service knows", { pipeline = PIPELINE }, function(t)
  service(t)
  local a = t:login("alice", { token = "secret", device = "phone", remote = "192.0.2.1:5000" })
  t:equal(a.uid, "alice")
  local request = t.requests[1]
  t:equal(request.method, "POST")
  t:equal(request.url, SERVICE.url)
  t:equal(request.timeout, 3)
  t:equal(hpush.json.decode(request.body), { user = "alice", password = "secret", device = "phone", address = "192.0.2.1" })
  t:equal(request.headers.authorization, nil)
  t:equal(t:metric("accepted"), 1)
end)

test("the service says who it is", { pipeline = PIPELINE }, function(t)
  service(t)
  t:equal(t:login("ALICE", { token = "secret" }).uid, "alice")
  t:equal(t:sessions("alice"), 1)
  t:equal(t:sessions("ALICE"), 0)
end)

test("refuses a wrong password", { pipeline = PIPELINE }, function(t)
  service(t)
  local client, refusal = t:try_login("alice", { token = "guess" })
  t:equal(client, nil)
  t:equal(refusal, { code = 1, info = "wrong user or password" })
  t:equal(t:metric("refused"), 1)
end)

test("does not ask the service without a password", { pipeline = PIPELINE }, function(t)
  service(t)
  local _, refusal = t:try_login("alice")
  t:equal(refusal.code, 2)
  _, refusal = t:try_login(("a"):rep(256), { token = "x" })
  t:equal(refusal.code, 1)
  t:equal(#t.requests, 0)
end)

test("whatever else comes lets nobody in", { pipeline = PIPELINE }, function(t)
  for name, answer in pairs {
    ["an error"] = { status = 500, headers = {}, body = '{"user":"alice"}' }, ["a page"] = { status = 200, headers = {}, body = "<html>" },
    ["nobody"] = { status = 200, headers = {}, body = "{}" }, ["no text"] = { status = 200, headers = {}, body = '{"user":7}' },
    ["an empty name"] = { status = 200, headers = {}, body = '{"user":""}' }, ["a list"] = { status = 200, headers = {}, body = '["alice"]' },
    ["a redirect"] = { status = 302, headers = { location = "/" }, body = "" }, ["a long name"] = {
      status = 200, headers = {}, body = hpush.json.encode { user = ("a"):rep(256) } },
  } do
    t:http(function() return answer end)
    local client, refusal = t:try_login("alice", { token = "secret" })
    t:equal(client, nil, name)
    t:equal(refusal.code, 9, name)
  end
  t:equal(t:metric("unavailable"), 8)
end)

test("a service that is down", { pipeline = PIPELINE }, function(t)
  t:http(function() return nil, "connection refused" end)
  local _, refusal = t:try_login("alice", { token = "secret" })
  t:equal(refusal.code, 9)
  local found
  for _, line in ipairs(t:logs()) do found = found or line.text:find("connection refused", 1, true) end
  assert(found, "the log says why")
end)

test("sends its key", { pipeline = { { company_login = { url = SERVICE.url, key_file = "company_login/key.example" } } } }, function(t)
  service(t)
  t:login("alice", { token = "secret" })
  t:equal(t.requests[1].headers.authorization, "Bearer not-a-real-key")
end)

test("leaves alone whom another plugin has let in", { pipeline = { { login = { mode = "open" } }, { company_login = SERVICE } } }, function(t)
  t:equal(t:login("bob").uid, "bob")
  t:equal(#t.requests, 0)
end)

test("passwords do not go in the clear", { pipeline = PIPELINE }, function(t)
  for url, good in pairs {
    ["https://sso.example.com/x"] = true, ["http://127.0.0.1:9000/x"] = true, ["http://localhost/x"] = true, ["http://sso.example.com/x"] = false,
    ["http://localhost.example.com"] = false, ["ftp://x"] = false, [""] = false, ["https://"] = false,
  } do
    t:equal(pcall(t.reload, t, { config = { url = url } }), good, url)
  end
end)
