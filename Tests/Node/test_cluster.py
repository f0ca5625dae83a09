"""Two nodes with a real ZooKeeper and Redis: what others see of them, and messages from one to the other."""

import json
import threading
import time
import unittest

import wire
from cluster import Cluster, eventually
from servers import free_port

from kazoo.client import KazooClient


class ClusterTest(unittest.TestCase):
    plugins = None
    pipeline = None

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.a = cls.cluster.add("a", cls.pipeline, cls.plugins)
        cls.b = cls.cluster.add("b", cls.pipeline, cls.plugins)
        cls.zookeeper = KazooClient(hosts=cls.cluster.zookeepers[0].address)
        cls.zookeeper.start(timeout=10)
        cls.addClassCleanup(cls.zookeeper.close)
        cls.addClassCleanup(cls.zookeeper.stop)
        eventually(lambda: len(cls.nodes()) == 2, "both nodes are registered")

    @classmethod
    def nodes(cls):
        """What is under /im/nodes, by name."""
        found = {}
        for path in cls.zookeeper.get_children("/im/nodes"):
            data, stat = cls.zookeeper.get(f"/im/nodes/{path}")
            record = json.loads(data)
            record["path"], record["owner"] = path, stat.ephemeralOwner
            found[record["name"]] = record
        return found

    def client(self, node, uid, device="d0", **login):
        client = node.client(uid, device, **login)
        self.addCleanup(client.close)
        return client

    def routes(self, uid):
        words = self.cluster.redis.cli("HGETALL", f"UserSessions:uid:{uid}").splitlines()
        return {words[i]: json.loads(words[i + 1]) for i in range(0, len(words) - 1, 2)}

    def message(self, client, to, content, sequence=5):
        client.send(wire.message(wire.MESSAGE_REQUEST, sequence, messageRequest={"msg_id": sequence, "to": to, "content": content}))


class Seen(ClusterTest):
    def test_nodes_stand_in_zookeeper_as_the_java_gate_reads_them(self):
        nodes = self.nodes()
        for name, node in (("a", self.a), ("b", self.b)):
            record = nodes[name]
            self.assertRegex(record["path"], r"^seq-\d{10}$")
            self.assertEqual(record["id"], int(record["path"][4:]))
            self.assertNotEqual(record["owner"], 0)
            self.assertEqual((record["host"], record["port"]), ("127.0.0.1", node.ports["chat"]))
            self.assertEqual(record["draining"], False)
            self.assertLessEqual(
                {"id", "balance", "host", "port", "peerHost", "peerPort", "name", "version", "startedAt", "draining"}, record.keys())
            self.assertNotIn("tls", record)

    def test_balance_and_online_counter_follow_within_a_second(self):
        before = self.nodes()["a"]["balance"]
        clients = [self.client(self.a, f"counted-{n}") for n in range(7)]
        eventually(lambda: self.nodes()["a"]["balance"] == before + 7, "the balance", 1.5)
        eventually(lambda: self.online() == sum(node["balance"] for node in self.nodes().values()), "OnlineCounter", 1.5)
        for client in clients:
            client.close()
        eventually(lambda: self.nodes()["a"]["balance"] == before, "the balance after they left", 1.5)
        eventually(lambda: self.online() == sum(node["balance"] for node in self.nodes().values()), "OnlineCounter after they left", 1.5)

    def online(self):
        return int.from_bytes(self.zookeeper.get("/im/OnlineCounter")[0], "big", signed=True)

    def test_a_session_stands_in_redis_as_long_as_it_is_there(self):
        client = self.client(self.a, "routed", "phone", platform=3)
        routes = eventually(lambda: self.routes("routed"), "the route", 1)
        self.assertEqual(set(routes), {client.session})
        route = routes[client.session]
        self.assertEqual((route["node"], route["device"], route["platform"]), (self.nodes()["a"]["id"], "phone", 3))
        self.assertAlmostEqual(route["since"] / 1000, time.time(), delta=20)
        client.close()
        eventually(lambda: not self.routes("routed"), "the end of the route", 1)


class Messages(ClusterTest):
    def test_a_message_finds_its_user_on_another_node_within_200_ms_of_the_login(self):
        for number in range(20):
            alice, bob = self.client(self.a, f"alice-{number}"), self.client(self.b, f"bob-{number}")
            time.sleep(0.2)
            self.message(alice, f"bob-{number}", "hi")
            got = bob.receive(wire.MESSAGE_REQUEST, 2)["messageRequest"]
            self.assertEqual((got["from"], got["content"]), (f"alice-{number}", "hi"))

    def test_all_devices_on_all_nodes_get_it(self):
        sender = self.client(self.a, "sender")
        devices = [self.client(self.a, "many", "d1"), self.client(self.b, "many", "d2"), self.client(self.b, "many", "d3")]
        time.sleep(0.2)
        self.message(sender, "many", "all")
        for device in devices:
            self.assertEqual(device.receive(wire.MESSAGE_REQUEST, 2)["messageRequest"]["content"], "all")

    def test_nobody_anywhere_is_a_refusal(self):
        sender = self.client(self.a, "lonely")
        self.message(sender, "nobody-here", "hello?", 77)
        answer = sender.receive(wire.MESSAGE_RESPONSE)
        self.assertEqual((answer["sequence"], answer["messageResponse"]["code"], answer["messageResponse"]["msg_id"]), (77, 9, 77))

    def test_messages_arrive_in_order_and_once(self):
        sender, recipient = self.client(self.a, "orderly"), self.client(self.b, "reader")
        time.sleep(0.2)
        count = 5000
        requests = ({"msg_id": n, "to": "reader", "content": str(n)} for n in range(1, count + 1))
        sender.send(b"".join(wire.message(wire.MESSAGE_REQUEST, fields["msg_id"], messageRequest=fields) for fields in requests))
        got = [int(recipient.receive(wire.MESSAGE_REQUEST, 10)["messageRequest"]["content"]) for _ in range(count)]
        self.assertEqual(got, list(range(1, count + 1)))

    def test_a_session_that_moved_is_found_at_its_new_place(self):
        sender = self.client(self.a, "finder")
        for number in range(10):
            node = (self.b, self.a)[number % 2]
            mover = node.client("mover")
            time.sleep(0.25)
            self.message(sender, "mover", f"at {number}")
            self.assertEqual(mover.receive(wire.MESSAGE_REQUEST, 2)["messageRequest"]["content"], f"at {number}")
            mover.close()
            time.sleep(0.1)

    def test_a_message_for_one_who_has_just_left_is_refused_to_the_sender(self):
        sender, leaver = self.client(self.a, "late"), self.b.client("leaver")
        time.sleep(0.2)
        self.message(sender, "leaver", "one")
        leaver.receive(wire.MESSAGE_REQUEST, 2)
        leaver.close()
        time.sleep(0.3)
        self.message(sender, "leaver", "two", 9)
        answer = sender.receive(wire.MESSAGE_RESPONSE, 2)
        self.assertEqual((answer["sequence"], answer["messageResponse"]["code"]), (9, 9))

    def test_devices_over_the_limit_are_signed_out_wherever_they_are(self):
        oldest = self.client(self.a, "collector", "d0")
        others = [self.client((self.a, self.b)[n % 2], "collector", f"d{n}") for n in range(1, 6)]
        oldest.wait_closed(20)
        for other in others:
            self.assertLess(other.beat(), 5)

    def test_devices_that_log_in_everywhere_at_once_are_as_many_as_may_be(self):
        users = [f"at-once-{n}" for n in range(6)]
        clients = [(self.client((self.a, self.b)[n % 2], None), user, n) for user in users for n in range(9)]
        for client, user, n in clients:
            client.send(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": user, "deviceId": f"d{n}", "token": "x"}))

        def sessions(user):
            return sum(len(node.json(f"/v1/sessions?user={user}")[1]["sessions"]) for node in (self.a, self.b))
        time.sleep(1)
        for user in users:
            eventually(lambda: sessions(user) == 5, f"{user} has five devices")


RULES = {
    "who": """
local M = { api = 1, needs = { "sessions", "notify", "cluster", "redis" }, routes = {}, events = {} }
local seen = ""
function M.events.node_up(ctx, node) hpush.shared.set("seen", (hpush.shared.get("seen") or "") .. "+" .. node.name) end
function M.events.node_down(ctx, node) hpush.shared.set("seen", (hpush.shared.get("seen") or "") .. "-" .. node.name) end
M.routes["seen"] = function() return hpush.shared.get("seen") or "" end
M.routes["sessions"] = function(ctx, uid)
  local lines = {}
  for _, s in ipairs(hpush.sessions.of_user(uid)) do lines[#lines + 1] = s.node .. "/" .. s.device .. "/" .. s.uid .. "/" .. s.platform end
  return table.concat(lines, " ")
end
M.routes["notify"] = function(ctx, uid) return tostring(hpush.notify(uid, { type = 99 })) end
M.routes["broadcast"] = function(ctx) hpush.broadcast { type = 98 } return "ok" end
M.routes["close"] = function(ctx, uid)
  for _, s in ipairs(hpush.sessions.of_user(uid)) do s:close("closed from afar") end
  return "ok"
end
M.routes["send"] = function(ctx, uid)
  local ok = {}
  for i, s in ipairs(hpush.sessions.of_user(uid)) do ok[i] = tostring(s:send { content = "from a rule" }) end
  return table.concat(ok, " ")
end
M.routes["redis"] = function(ctx, line)
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  local ok, answer, reason = pcall(hpush.redis, table.unpack(words))
  if not ok then return "error: " .. answer:match("hpush.redis.*") end
  if type(answer) == "table" then return hpush.json.encode(answer) end
  return answer == nil and "nil " .. tostring(reason) or math.type(answer) and "number " .. answer or answer
end
M.routes["id"] = function() return tostring(hpush.id()) end
M.routes["nodes"] = function()
  local names = {}
  for i, node in ipairs(hpush.cluster.nodes()) do names[i] = node.name end
  return hpush.cluster.self().name .. ": " .. table.concat(names, " ")
end
return M
"""}


class Rules(ClusterTest):
    plugins = RULES
    pipeline = [{"login": {"mode": "open"}}, "who", "chat_redirect"]

    def test_rules_see_sessions_of_all_nodes_oldest_first(self):
        asker = self.client(self.a, "asker")
        self.client(self.b, "spread", "d1", platform=1)
        time.sleep(0.1)
        self.client(self.a, "spread", "d2", platform=2)
        time.sleep(0.2)
        self.assertEqual(asker.call("sessions", b"spread"), (0, "b/d1/spread/1 a/d2/spread/2"))

    def test_notices_reach_sessions_on_other_nodes(self):
        asker, afar = self.client(self.a, "noticer"), self.client(self.b, "noticed")
        time.sleep(0.2)
        self.assertEqual(asker.call("notify", b"noticed"), (0, "1"))
        self.assertIn("99", afar.receive(wire.MESSAGE_NOTIFICATION, 2)["notification"]["json"])
        self.assertEqual(asker.call("broadcast"), (0, "ok"))
        self.assertIn("98", afar.receive_until(wire.MESSAGE_NOTIFICATION, 2)["notification"]["json"])

    def test_a_rule_sends_to_and_closes_a_session_on_another_node(self):
        asker, afar = self.client(self.a, "operator"), self.client(self.b, "operated")
        time.sleep(0.2)
        self.assertEqual(asker.call("send", b"operated"), (0, "true"))
        self.assertEqual(afar.receive(wire.MESSAGE_REQUEST, 2)["messageRequest"]["content"], "from a rule")
        asker.call("close", b"operated")
        self.assertLess(afar.wait_closed(2), 2)

    def test_rules_share_what_is_in_redis(self):
        a, b = self.client(self.a, "redis-a"), self.client(self.b, "redis-b")
        self.assertEqual(a.call("redis", b"SET shared value"), (0, "OK"))
        self.assertEqual(b.call("redis", b"GET shared"), (0, "value"))
        self.assertEqual(b.call("redis", b"GET nothing"), (0, "nil nil"))
        self.assertEqual(a.call("redis", b"INCR number"), (0, "number 1"))
        self.assertEqual(b.call("redis", b"INCR number"), (0, "number 2"))
        a.call("redis", b"HSET hash field text")
        self.assertEqual(b.call("redis", b"HGETALL hash"), (0, '{"field":"text"}'))
        a.call("redis", b"RPUSH list one two")
        self.assertEqual(b.call("redis", b"LRANGE list 0 -1"), (0, '["one","two"]'))
        self.assertEqual(b.call("redis", b"INCR hash")[1], "nil WRONGTYPE Operation against a key holding the wrong kind of value")
        self.assertIn("not for a connection that all handlers share", b.call("redis", b"SUBSCRIBE x")[1])

    def test_ids_of_two_nodes_are_different(self):
        a, b = self.client(self.a, "id-a"), self.client(self.b, "id-b")
        ids = {client.call("id")[1] for client in (a, b) for _ in range(50)}
        self.assertEqual(len(ids), 100)
        workers = {int(number) >> 12 & 0x3ff for number in ids}
        self.assertEqual(len(workers), 2)

    def test_ids_from_redis_are_one_row_for_all_nodes(self):
        nodes = [self.cluster.add(f"r{n}", self.pipeline, self.plugins, ids={"generator": "redis"}) for n in range(2)]
        clients = [self.client(node, f"row-{n}") for n, node in enumerate(nodes)]
        ids = [int(client.call("id")[1]) for _ in range(1200) for client in clients]
        self.assertEqual(len(set(ids)), 2400)
        self.assertLess(max(ids), 10_000)
        for node in nodes:
            node.stop()

    def test_rules_know_the_nodes_and_hear_of_them(self):
        asker = self.client(self.a, "knower")
        self.assertEqual(asker.call("nodes"), (0, "a: a b"))
        c = self.cluster.add("c", self.pipeline, self.plugins)
        eventually(lambda: asker.call("seen")[1].endswith("+c"), "node_up")
        c.stop()
        eventually(lambda: asker.call("seen")[1].endswith("+c-c"), "node_down")


del ClusterTest


class NotRegistered(unittest.TestCase):
    def test_a_node_is_not_ready_before_it_is_registered(self):
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        cluster.zookeepers[0].kill()
        port = free_port()
        node = cluster.add("late", start=False, admin={"port": port})
        node.ports["admin"] = port

        def state():
            try:
                return node.http("/readyz")[0], node.json("/v1/status")[1]["state"]
            except OSError:
                return None

        starting = threading.Thread(target=node.start)
        starting.start()
        self.addCleanup(starting.join)
        self.assertEqual(eventually(state, "the admin listener answers", 20), (503, "starting"))
        cluster.zookeepers[0].start()
        starting.join(30)
        self.assertEqual(state(), (200, "ready"))
