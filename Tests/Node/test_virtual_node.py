"""The node that `hpush plugin test` runs plugins on answers as a real one does.

A script of actions is played on a real node first. What came back is written into a test file, and the same actions must give the same
there.
"""

import json
import time
import unittest

import wire
from client import Closed
from node import Node, run_command

PLUGIN = r"""
local M = { api = 1, needs = { "sessions", "redirect", "notify", "store", "token", "crypto", "cluster", "http", "offload" },
  inbound = {}, outbound = {}, events = {}, routes = {}, offload = {} }
local actions = {}

-- Runs something and tells the sender what it gave, or the error without its place.
local function tell(ctx, f, ...)
  local results = table.pack(pcall(f, ...))
  local texts = {}
  for i = 2, results.n do texts[#texts + 1] = (tostring(results[i]):gsub("^%S+:%d+: ", "")) end
  ctx.session:notify { ok = results[1], got = table.concat(texts, ", ") }
  return hpush.stop
end

function actions.stop() return hpush.stop end
function actions.nobody() return hpush.reject { code = 6, info = "nobody" } end
function actions.plain() return hpush.reject() end
function actions.fail() error("oops") end
function actions.wrong_verdict() return 5 end
function actions.close() return hpush.close { code = 4, info = "out" } end
function actions.kick(ctx) ctx.session:close("bye") end
function actions.kick_bob() for _, s in ipairs(hpush.sessions.of_user("bob")) do s:close("gone") end return hpush.stop end
function actions.change(ctx, msg) msg.content = "changed" msg.url = "u" end
function actions.copy(ctx, msg)
  local copy = msg:copy()
  copy.content = "a copy"
  local result = hpush.redirect(copy, "bob")
  ctx.session:notify { sessions = result.sessions, nodes = result.nodes }
  return hpush.stop
end
function actions.spread(ctx) hpush.notify("bob", { n = 1 }) hpush.broadcast { n = 2 } return hpush.stop end
function actions.spawn(ctx)
  local session = ctx.session
  hpush.spawn(function() hpush.sleep(0.05) session:notify { spawned = true } end)
  return hpush.stop
end
function actions.sleep() hpush.sleep(0.05) end
function actions.context(ctx, msg)
  local s = ctx.session
  return tell(ctx, function() return ctx.uid, ctx.type, ctx.sequence, ctx.transport, ctx.plugin, s.device, s.platform, msg.from end)
end
function actions.attributes(ctx)
  local s = ctx.session
  s:set("n", (s:get("n") or 0) + 1)
  return tell(ctx, function() return s:get("n"), s:get("none") end)
end
function actions.attribute_table(ctx) return tell(ctx, function() ctx.session:set("x", {}) end) end
function actions.shared(ctx)
  return tell(ctx, function()
    hpush.shared.set("a", 1)
    return hpush.shared.add("a", 2), hpush.shared.incr("a", 4), hpush.shared.incr("new"), hpush.shared.delete("a"), hpush.shared.get("a")
  end)
end
function actions.shared_table(ctx) return tell(ctx, hpush.shared.set, "a", {}) end
function actions.shared_text(ctx) hpush.shared.set("t", "x") return tell(ctx, hpush.shared.incr, "t") end
function actions.shared_ttl(ctx) return tell(ctx, hpush.shared.set, "a", 1, 0) end
function actions.metric_name(ctx) return tell(ctx, hpush.metrics.add, "a b") end
function actions.metric_down(ctx) return tell(ctx, hpush.metrics.add, "a", -1) end
function actions.sleep_long(ctx) return tell(ctx, hpush.sleep, 1e9) end
function actions.users(ctx)
  return tell(ctx, function()
    return hpush.store.user("nobody").id, #hpush.store.contacts("nobody"), tostring(hpush.store.verify("amy", "x"))
  end)
end
function actions.token(ctx)
  return tell(ctx, function()
    return hpush.token.verify(hpush.token.issue("amy", 60)), tostring(hpush.token.verify("a.b.c")), tostring(hpush.token.verify("x"))
  end)
end
function actions.token_long(ctx) return tell(ctx, hpush.token.issue, "amy", 1e9) end
function actions.digests(ctx)
  return tell(ctx, function()
    return hpush.crypto.sha256("a"), hpush.crypto.hmac("k", "a"), hpush.crypto.constant_time_equal("a", "a"),
      hpush.crypto.password_verify("x", hpush.crypto.password_hash("x")), hpush.crypto.password_verify("y", "$scrypt$nothing")
  end)
end
function actions.password_empty(ctx) return tell(ctx, hpush.crypto.password_hash, "") end
function actions.nodes(ctx) return tell(ctx, function() return #hpush.cluster.nodes(), hpush.cluster.self().id end) end
function actions.no_uid(ctx) return tell(ctx, hpush.sessions.of_user, 5) end
function actions.no_session(ctx) return tell(ctx, function() return tostring(hpush.sessions.get("00")) end) end
function actions.notice_text(ctx) return tell(ctx, hpush.notify, "bob", "text") end
function actions.send_field(ctx) return tell(ctx, function() ctx.session:send { contnet = "x" } end) end
function actions.send_type(ctx) return tell(ctx, function() ctx.session:send { type = "nothing" } end) end
function actions.send_kind(ctx) return tell(ctx, function() ctx.session:send { content = 5 } end) end
function actions.send(ctx) return tell(ctx, function() return ctx.session:send { content = "sent", to = "x" } end) end
function actions.http_url(ctx) return tell(ctx, hpush.http, { url = "ftp://x" }) end
function actions.http_key(ctx) return tell(ctx, hpush.http, { uri = "http://x" }) end
function actions.offload(ctx) return tell(ctx, function() return hpush.offload("add", 1, 2), (pcall(hpush.offload, "none")) end) end
function actions.offload_error(ctx) return tell(ctx, hpush.offload, "fail") end
function actions.offload_session(ctx) return tell(ctx, hpush.offload, "add", ctx.session) end
function actions.unknown_field(ctx, msg) return tell(ctx, function() return msg.nothing end) end
function M.offload.add(a, b) return a + b end
function M.offload.fail() hpush.sleep(1) end

function M.inbound.login_request(ctx, msg)
  if msg.uid == "eve" then return hpush.reject { code = 7, info = "not you" } end
end
function M.inbound.message_request(ctx, msg)
  local action = actions[msg.content]
  if action then return action(ctx, msg) end
end
function M.outbound.message_request(ctx, msg)
  if msg.content == "hidden" then return hpush.stop end
  if msg.content == "marked" then msg.content = "for " .. ctx.uid end
  if msg.content == "waiting" then hpush.sleep(1) end
end
function M.events.undeliverable(ctx, msg) ctx.session:notify { undeliverable = msg.to } end
function M.routes.echo(ctx, body) return body .. ctx.uid end
M.routes["no"] = function() return hpush.reject { code = 9, info = "later" } end
function M.routes.fail() error("x") end
function M.routes.wait() hpush.sleep(0.05) return "late" end
return M
"""

# Contents of messages from amy to bob, in this order; a pair names another recipient.
MESSAGES = [
    "hi", "stop", "nobody", "plain", "fail", "wrong_verdict", "change", "copy", "spread", "spawn", "sleep", "context",
    "attributes", "attributes", "attribute_table", "shared", "shared_table", "shared_text", "shared_ttl", "metric_name",
    "metric_down", "sleep_long", "users", "token", "token_long", "digests", "password_empty", "nodes", "no_uid", "no_session",
    "notice_text", "send_field", "send_type", "send_kind", "send", "http_url", "http_key", "offload", "offload_error",
    "offload_session", "unknown_field", "hidden", "marked", "waiting", ("zoe", "hi"), ("", "hi"), ("amy", "hi"), "kick_bob", "hi",
    "kick",
]
SLOW = {"spawn", "sleep", "users", "token", "digests", "offload", "offload_error"}    # answered by another thread, or later
ROUTES = [("echo", "x"), ("no", ""), ("fail", ""), ("wait", ""), ("none", "")]


def lua(value):
    """A JSON value as a Lua literal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{lua(key)}] = {lua(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(lua, value)) + "}"
    return {True: "true", False: "false", None: "nil"}[value] if value is None or isinstance(value, bool) else json.dumps(value)


class Seen:
    """What one client got since the last look."""

    def __init__(self, client):
        self.client = client
        self.is_open = True

    def look(self):
        seen = {"received": [], "notified": [], "refused": [], "open": True}
        if self.is_open:
            try:
                beat = self.client.send(wire.heartbeat(9))
                while (frame := self.client.receive_frame()) != beat:
                    self.note(wire.decode(frame[8:]), seen)
            except (Closed, ConnectionError):
                self.is_open = False
        seen["open"] = self.is_open
        return seen

    @staticmethod
    def note(message, seen):
        kind = message.get("type", 0)
        if kind == wire.MESSAGE_REQUEST:
            inner = message["messageRequest"]
            seen["received"].append([inner.get("from", ""), inner.get("to", ""), inner.get("content", ""), inner.get("url", "")])
        elif kind == wire.MESSAGE_NOTIFICATION:
            seen["notified"].append(json.loads(message["notification"]["json"]))
        elif kind == wire.MESSAGE_RESPONSE:
            inner = message["messageResponse"]
            seen["refused"].append([inner.get("code", 0), inner.get("info", ""), inner.get("msg_id", 0)])


LUA = """
local function look(client)
  local seen = { received = {}, notified = {}, refused = {}, open = client.closed == nil }
  for m in client.received, client do seen.received[#seen.received + 1] = { m.from, m.to, m.content, m.url } end
  for n in client.notified, client do seen.notified[#seen.notified + 1] = n end
  for r in client.refused, client do seen.refused[#seen.refused + 1] = { r.code, r.info, r.msg_id } end
  return seen
end

test("as on a node", { pipeline = { { login = { mode = "open" } }, "p", "chat_redirect" } }, function(t)
  local a, b = t:login("amy", { device = "d0" }), t:login("bob", { device = "d0" })
%s
end)
"""


class VirtualNodeTest(unittest.TestCase):
    maxDiff = None

    def test_it_answers_as_a_node_does(self):
        node = Node(pipeline=[{"login": {"mode": "open"}}, "p", "chat_redirect"], plugins={"p": PLUGIN})
        self.addCleanup(node.remove)
        node.start()
        lines = self.play(node)
        self.assertEqual(node.stop(), 0)
        test = node.folder / "plugins/p_test.lua"
        test.write_text(LUA % "\n".join("  " + line for line in lines))
        done = run_command("plugin", "test", test, "--config", node.file)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def play(self, node):
        """Plays all on a real node and gives the same as Lua, with what came back."""
        lines = []
        for uid in ("eve", ""):
            with node.client() as client:
                answer = client.login(uid)
            expected = {"code": answer.get("code", 0), "info": answer.get("info", "")}
            lines.append(f"do local _, refused = t:try_login({lua(uid)}) t:equal(refused, {lua(expected)}) end")
        with node.client("amy") as amy, node.client("bob") as bob:
            for route, body in ROUTES:
                code, text = amy.call(route, body.encode())
                expected = f"{{ nil, {{ code = {code}, info = {lua(text)} }} }}" if code else f"{{ {lua(text)} }}"
                lines.append(f"t:equal({{ a:call({lua(route)}, {lua(body)}) }}, {expected}, {lua(route)})")
            clients = {"a": Seen(amy), "b": Seen(bob)}
            for number, message in enumerate(MESSAGES, 1):
                to, content = message if isinstance(message, tuple) else ("bob", message)
                amy.send(wire.chat(to, content, sequence=number, msg_id=number))
                lines.append(f"a:send{{ to = {lua(to)}, content = {lua(content)}, msg_id = {number}, sequence = {number} }}")
                seen = {name: client.look() for name, client in clients.items()}
                if content in SLOW:
                    self.wait(clients, seen)
                    lines.append("t:advance(0.5)")
                for name in clients:
                    lines.append(f"t:equal(look({name}), {lua(seen[name])}, {lua(f'{name} after {content} to {to}')})")
        return lines

    @staticmethod
    def wait(clients, seen, seconds=10):
        """Until somebody got something."""
        deadline = time.monotonic() + seconds
        while not any(part[kind] for part in seen.values() for kind in ("received", "notified", "refused")):
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.05)
            for name, client in clients.items():
                for kind, more in client.look().items():
                    seen[name][kind] = more if kind == "open" else seen[name][kind] + more


if __name__ == "__main__":
    unittest.main()
