local function read(client, from, ids)
  local body, refusal = client:call("receipt.read", hpush.json.encode { from = from, msg_ids = ids })
  return body and hpush.json.decode(body).told, refusal
end

test("the sender is told on all devices", function(t)
  local a, phone, b = t:login("alice"), t:login("alice", { device = "phone" }), t:login("bob")
  a:send { to = "bob", content = "hi", msg_id = 7 }
  t:equal(b:received().msg_id, 7)
  t:equal(read(b, "alice", { 7 }), 2)
  local expected = { type = 40, data = { by = "bob", msg_ids = { 7 }, time = 1767614400000 } }
  t:equal(a:notified(), expected)
  t:equal(phone:notified(), expected)
  t:equal(b:notified(), nil)
end)

test("the reader's other devices are told, the reading one is not", function(t)
  t:login("alice")
  local b, web = t:login("bob"), t:login("bob", { device = "web" })
  read(b, "alice", { 7, 8, 7 })
  t:equal(web:notified(), { type = 41, data = { from = "alice", msg_ids = { 7, 8 } } })
  t:equal(b:notified(), nil)
end)

test("a sender who is not there", function(t)
  t:equal(read(t:login("bob"), "alice", { 7 }), 0)
end)

test("who gives none gets none", function(t)
  local a, b = t:login("alice"), t:login("bob")
  t:equal(b:call("receipt.allow", '{"allow":false}'), '{"allow":false}')
  t:equal(read(b, "alice", { 7 }), 0)
  t:equal(a:notified(), nil)
  t:equal(read(a, "bob", { 8 }), 0)
  t:equal(b:notified(), nil)
  t:reload()
  t:equal(read(b, "alice", { 7 }), 0, "also after a reload")
  b:call("receipt.allow", '{"allow":true}')
  t:equal(read(b, "alice", { 7 }), 1)
  t:equal(a:notified().type, 40)
end)

test("notes to oneself make no noise", function(t)
  local b, web = t:login("bob"), t:login("bob", { device = "web" })
  t:equal(read(b, "bob", { 7 }), 0)
  t:equal(web:notified().type, 41)
  t:equal(b:notified(), nil)
end)

test("says what is wrong with a request", { config = { max_ids = 2 } }, function(t)
  local b = t:login("bob")
  local ids = "msg_ids is a list of 1 to 2 integers"
  for body, info in pairs {
    ["x"] = "the body is a JSON object", ["1"] = "the body is a JSON object", ["{}"] = "from is a user id", ['{"from":""}'] = "from is a user id", ['{"from":"a"}'] = ids,
    ['{"from":"a","msg_ids":[]}'] = ids, ['{"from":"a","msg_ids":[1,2,3]}'] = ids, ['{"from":"a","msg_ids":["1"]}'] = ids,
    ['{"from":"a","msg_ids":[1.5]}'] = ids, ['{"from":"a","msg_ids":{"a":1}}'] = ids,
  } do
    local answer, refusal = b:call("receipt.read", body)
    t:equal(answer, nil, body)
    t:equal(refusal, { code = 7, info = info }, body)
  end
  local _, refusal = b:call("receipt.allow", '{"allow":1}')
  t:equal(refusal.info, "allow is true or false")
end)
