"""The host API that plugins call, each call once at least, on a whole node."""

import json
import time
import unittest

import wire
from case import NodeTest
from node import run_command

PLUGIN = """
local M = { api = 1, version = "3", needs = { "sessions", "redirect", "notify", "store", "crypto", "token", "cluster" },
            routes = {}, inbound = {}, outbound = {}, events = {}, timers = {}, init = nil }
local initialised
function M.init(ctx) initialised = ctx.plugin .. " " .. ctx.generation end

local function json(...) return hpush.json.encode({ ... }) end

M.routes["basics"] = function(ctx, body)
  return json(hpush.now() > 1.7e9, hpush.monotonic() > 0, #hpush.uuid(), hpush.uuid() ~= hpush.uuid(), math.type(hpush.id()),
    hpush.id() < hpush.id(), hpush.base64.encode("\\0\\1\\255"), hpush.base64.decode("AAH/") == "\\0\\1\\255",
    hpush.json.decode("[1,{\\"a\\":null}]")[1],
    initialised)
end
M.routes["ctx"] = function(ctx, body)
  return json(ctx.plugin, ctx.type, ctx.sequence, ctx.uid, ctx.session.uid, ctx.remote, ctx.transport, ctx.generation, body)
end
M.routes["log"] = function(ctx, body)
  hpush.log.debug("at debug") hpush.log.info("at info") hpush.log.warning("at warning") hpush.log.error("at error")
  hpush.log("as info") print("printed", 1)
end
M.routes["shared"] = function(ctx, body)
  local s, added = hpush.shared, {}
  s.set("text", "a\\0b") s.set("number", 1.5) s.set("yes", true) s.set("gone", 1, 0.05)
  added[1] = s.add("text", "other") added[2] = s.add("new", 1, 0.05)
  local seen = { s.get("text") == "a\\0b", s.get("number"), s.get("yes"), s.get("gone"),
    s.incr("count"), s.incr("count", 2.5), s.incr("soon", 1, 0.05) }
  hpush.sleep(0.15)
  seen[8] = s.get("gone") == nil and s.get("new") == nil and s.get("soon") == nil
  seen[9], seen[10] = s.delete("text"), s.delete("text")
  s.set("number", nil)
  seen[11] = s.get("number") == nil
  s.delete("count")
  return hpush.json.encode { added = added, seen = seen, table = pcall(s.set, "t", {}), long = pcall(s.set, ("k"):rep(300), 1) }
end
M.routes["other.shared"] = function(ctx, body) return tostring(hpush.shared.get("theirs")) end
M.routes["metrics"] = function(ctx, body)
  hpush.metrics.add("done") hpush.metrics.add("done", 2) hpush.metrics.set("level", -1.5)
  return json(pcall(hpush.metrics.add, "done", -1), pcall(hpush.metrics.add, "bad name"))
end
M.routes["sessions"] = function(ctx, body)
  local out = { count = hpush.sessions.local_count() }
  for i, s in ipairs(hpush.sessions.of_user(body)) do
    out[tostring(i)] = { id = s.id, uid = s.uid, device = s.device, platform = s.platform, remote = s.remote,
      node = s.node, since = s.since,
      same = hpush.sessions.get(s.id) == s, own = s == ctx.session }
  end
  out.unknown = hpush.sessions.get("no such id") == nil
  return hpush.json.encode(out)
end
M.routes["attributes"] = function(ctx, body)
  local s = ctx.session
  local before = s:get("colour")
  s:set("colour", body) s:set("n", 7) s:set("b", true)
  s:set("b", nil)
  return json(before or "none", s:get("colour"), s:get("n"), s:get("b") == nil, pcall(s.set, s, "t", {}), pcall(function() s.uid = "x" end))
end
M.routes["send"] = function(ctx, body)
  local sent = {}
  for i, s in ipairs(hpush.sessions.of_user(body)) do
    sent[#sent + 1] = s:send { type = "message_request", to = body, content = "direct", msg_id = 5 }
    sent[#sent + 1] = s:notify { type = 100, data = { text = "noticed" } }
  end
  return hpush.json.encode(sent)
end
M.routes["close"] = function(ctx, body) for i, s in ipairs(hpush.sessions.of_user(body)) do s:close("go away") end end
M.routes["last.words"] = function(ctx, body)
  for i, s in ipairs(hpush.sessions.of_user(body)) do s:notify { type = 103 } s:close("after that") end
end
M.routes["notify"] = function(ctx, body) return tostring(hpush.notify(body, { type = 101, data = { n = 1 } })) end
M.routes["broadcast"] = function(ctx, body) hpush.broadcast { type = 102 } end
M.routes["store"] = function(ctx, body)
  local user, none = hpush.store.user("alice"), hpush.store.user("nobody")
  return hpush.json.encode { user and user.id, none == nil, hpush.store.verify("alice", "secret"), hpush.store.verify("alice", "wrong"),
    hpush.store.verify("nobody", "secret"), #hpush.store.contacts("alice"), hpush.store.contacts("alice")[1] }
end
M.routes["token"] = function(ctx, body)
  local token = hpush.token.issue("bob", 60)
  return json(hpush.token.verify(token), hpush.token.verify(token .. "x") == nil, hpush.token.verify("no token") == nil)
end
M.routes["crypto"] = function(ctx, body)
  local c = hpush.crypto
  local hash = c.password_hash("pässword")
  return json(c.sha256("abc"), c.hmac("key", "The quick brown fox jumps over the lazy dog"), c.constant_time_equal("a", "a"),
    c.constant_time_equal("a", "ab"), hash, c.password_verify("pässword", hash), c.password_verify("other", hash),
    c.password_verify("x", "no hash"),
    pcall(c.password_hash, ""), hash ~= c.password_hash("pässword"))
end
M.routes["cluster"] = function(ctx, body) return json(hpush.cluster.self().name, #hpush.cluster.nodes(), hpush.cluster.nodes()[1].name) end
M.routes["verdict"] = function(ctx, body)
  if body == "reject" then return hpush.reject { code = 42, info = "no" } end
  if body == "close" then return hpush.close { code = 43, info = "bye" } end
  return hpush.stop
end
M.routes["not.there"] = function(ctx, body) return (select(2, pcall(function() return hpush[body] end))) end

function M.inbound.message_request(ctx, msg)
  if msg.content == "to others" then
    local copy = msg:copy()
    copy.content = "changed by " .. ctx.uid
    local result = hpush.redirect(copy, "carol")
    ctx.session:notify { sessions = result.sessions, nodes = result.nodes, size = msg:size() }
    return hpush.stop
  elseif msg.content == "later" then
    local copy = msg:copy()
    hpush.spawn(function() hpush.sleep(0.05) copy.content = "sent later" hpush.redirect(copy) end)
    return hpush.stop
  elseif msg.content == "unknown field" then
    return hpush.reject { code = 44, info = select(2, pcall(function() return msg.colour end)) }
  elseif msg.content:find("^verdict ") then
    return M.routes.verdict(ctx, msg.content:sub(9))
  end
end
function M.outbound.message_request(ctx, msg) if msg.content == "mark me" then msg.property = "for " .. ctx.uid end end
function M.events.session_open(ctx) hpush.shared.incr("opened") end
function M.events.session_close(ctx) hpush.shared.incr("closed " .. ctx.uid) end
function M.events.undeliverable(ctx, msg) hpush.shared.set("undelivered", msg.to) end
function M.events.node_up(ctx) end
M.timers[1] = { every = 0.05, run = function(ctx) hpush.shared.incr("ticks") end }
M.routes["get"] = function(ctx, body) return tostring(hpush.shared.get(body)) end
return M
"""

OTHER = """
return { api = 1, routes = { ["theirs"] = function() hpush.shared.set("theirs", 1) return hpush.shared.get("theirs") and "set" end } }
"""


class HostAPI(NodeTest):
    plugins = {"api": PLUGIN, "other": OTHER}
    pipeline = [{"login": {"mode": "open"}}, "api", "other", "chat_redirect"]
    config = {"log": {"level": "debug"}}

    @classmethod
    def prepare(cls):
        for arguments in (("add", "alice", "--password", "secret"), ("add", "bob", "--password", "x"), ("contact", "add", "alice", "bob")):
            done = run_command("user", *arguments, "--config", cls.node.file)
            assert done.returncode == 0, done.stderr

    def setUp(self):
        self.alice = self.client("alice")

    def call(self, route, body=""):
        code, text = self.alice.call(route, body.encode())
        self.assertEqual(code, 0, text)
        return text

    def values(self, route, body=""):
        return json.loads(self.call(route, body))

    def notice(self, client):
        return json.loads(client.receive_until(wire.MESSAGE_NOTIFICATION)["notification"]["json"])

    def test_basics(self):
        self.assertEqual(self.values("basics"), [True, True, 36, True, "integer", True, "AAH/", True, 1, "api 1"])

    def test_ctx(self):
        values = self.values("ctx", "body")
        self.assertEqual(values[:5], ["api", "custom_request", 50, "alice", "alice"])
        self.assertRegex(values[5], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(values[6:], ["tcp", 1, "body"])

    def test_log(self):
        self.call("log")
        text = self.node.log_text()
        for line in ("at debug", "at info", "at warning", "at error", "as info", "printed\\t1"):
            self.assertIn(line, text)
        self.assertRegex(text, r"at warning.*plugin=api")

    def test_shared(self):
        answer = self.values("shared")
        self.assertEqual(answer["added"], [False, True])
        self.assertEqual(answer["seen"], [True, 1.5, True, 1, 1, 3.5, 1, True, True, False, True])
        self.assertEqual((answer["table"], answer["long"]), (False, False))

    def test_shared_is_a_namespace_a_plugin(self):
        self.assertEqual(self.call("theirs"), "set")
        self.assertEqual(self.call("other.shared"), "nil")

    def test_metrics(self):
        before = self.node.metric("hpush_plugin_metric", plugin="api", name="done")
        self.assertEqual(self.values("metrics")[0], False)
        self.assertEqual(self.node.metric("hpush_plugin_metric", plugin="api", name="done"), before + 3)
        self.assertEqual(self.node.metric("hpush_plugin_metric", plugin="api", name="level"), -1.5)

    def test_sessions(self):
        first = self.client("carl", "phone", platform=2)
        time.sleep(0.005)
        second = self.client("carl", "desk")
        answer = self.values("sessions", "carl")
        self.assertGreaterEqual(answer["count"], 3)
        self.assertEqual([answer["1"]["id"], answer["2"]["id"]], [first.session, second.session])
        self.assertEqual((answer["1"]["device"], answer["1"]["platform"], answer["2"]["device"]), ("phone", 2, "desk"))
        self.assertEqual((answer["1"]["uid"], answer["1"]["node"], answer["1"]["same"]), ("carl", "test", True))
        self.assertAlmostEqual(answer["1"]["since"], time.time(), delta=20)
        self.assertTrue(answer["unknown"])
        self.assertNotIn("3", answer)
        self.assertTrue(self.values("sessions", "alice")["1"]["own"])

    def test_attributes(self):
        self.assertEqual(self.values("attributes", "red")[:4], ["none", "red", 7, True])
        self.assertEqual(self.values("attributes", "blue")[:2], ["red", "blue"])

    def test_send_and_notify_of_a_session(self):
        carol = self.client("carol")
        self.assertEqual(self.values("send", "carol"), [True, True])
        message = carol.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual((message["content"], message["msg_id"]), ("direct", 5))
        self.assertEqual(self.notice(carol), {"type": 100, "data": {"text": "noticed"}})

    def test_close_of_a_session(self):
        carol = self.client("carol")
        self.call("close", "carol")
        self.assertEqual(carol.receive(wire.LOGOUT_RESPONSE)["messageResponse"]["info"], "go away")
        carol.wait_closed(5)

    def test_what_was_sent_before_a_close_arrives(self):
        carol = self.client("carol")
        self.call("last.words", "carol")
        self.assertEqual(self.notice(carol), {"type": 103})
        self.assertEqual(carol.receive(wire.LOGOUT_RESPONSE)["messageResponse"]["info"], "after that")
        carol.wait_closed(5)
        dave = self.client("dave")
        self.assertEqual(dave.ask(wire.message(wire.LOGOUT_REQUEST, 8), wire.LOGOUT_RESPONSE)["sequence"], 8)
        dave.wait_closed(5)

    def test_notify_and_broadcast(self):
        carol, dave = self.client("carol"), self.client("dave")
        self.assertEqual(self.call("notify", "carol"), "1")
        self.assertEqual(self.notice(carol), {"type": 101, "data": {"n": 1}})
        self.assertEqual(self.call("notify", "nobody"), "0")
        self.call("broadcast")
        for client in (carol, dave):
            self.assertEqual(self.notice(client), {"type": 102})

    def test_redirect_to_another_user(self):
        carol, again = self.client("carol"), self.client("carol", "d1")
        self.alice.send(wire.chat("bob", "to others"))
        for client in (carol, again):
            message = client.receive(wire.MESSAGE_REQUEST)["messageRequest"]
            self.assertEqual((message["content"], message["from"]), ("changed by alice", "alice"))
        notice = self.notice(self.alice)
        self.assertEqual((notice["sessions"], notice["nodes"]), (2, 1))

    def test_a_copy_outlives_its_handler(self):
        bob = self.client("bob")
        self.alice.send(wire.chat("bob", "later"))
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "sent later")

    def test_outbound(self):
        bob = self.client("bob")
        self.alice.send(wire.chat("bob", "mark me"))
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["property"], "for bob")

    def test_verdicts(self):
        for verdict, code, info in (("reject", 42, "no"), ("close", 43, "bye")):
            with self.node.client("judged") as client:
                answer = client.ask(wire.chat("bob", f"verdict {verdict}", sequence=3), wire.MESSAGE_RESPONSE)["messageResponse"]
                self.assertEqual((answer["code"], answer["info"]), (code, info))
                if verdict == "close":
                    client.wait_closed(5)
        with self.node.client("judged") as client:
            self.assertEqual(client.call("verdict", b"reject"), (42, "no"))
            self.assertEqual(client.call("verdict", b"stop"), (0, ""))

    def test_unknown_fields_and_calls_are_named(self):
        answer = self.alice.ask(wire.chat("bob", "unknown field"), wire.MESSAGE_RESPONSE)["messageResponse"]
        self.assertIn("colour", answer["info"])
        self.assertIn("content", answer["info"])
        self.assertIn("hpush.http is not there: name it in the plugin's needs", self.call("not.there", "http"))
        self.assertIn("hpush has no 'frobnicate'", self.call("not.there", "frobnicate"))

    def test_events_and_timers(self):
        before = int(self.call("get", "ticks"))
        carl = self.client("carl")
        carl.close()
        self.alice.ask(wire.chat("nobody-there", "hello"), wire.MESSAGE_RESPONSE)
        time.sleep(0.3)
        self.assertGreater(int(self.call("get", "ticks")), before)
        self.assertEqual(self.call("get", "undelivered"), "nobody-there")
        self.assertGreaterEqual(int(self.call("get", "closed carl")), 1)

    def test_store(self):
        self.assertEqual(self.values("store"), ["alice", False, True, False, False, 1, "bob"])

    def test_token(self):
        self.assertEqual(self.values("token"), ["bob", True, True])

    def test_crypto(self):
        values = self.values("crypto")
        self.assertEqual(values[0], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        self.assertEqual(values[1], "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
        self.assertEqual(values[2:4], [True, False])
        self.assertRegex(values[4], r"^\$scrypt\$ln=14,r=8,p=1\$")
        self.assertEqual(values[5:9], [True, False, False, False])
        self.assertTrue(values[-1])

    def test_cluster(self):
        self.assertEqual(self.values("cluster"), ["test", 1, "test"])


class HostAPIOnManyLoops(HostAPI):
    config = {"chat": {"threads": 2}, "log": {"level": "debug"}}


if __name__ == "__main__":
    unittest.main()
