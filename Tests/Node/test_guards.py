"""Guard rails: a session whose messages make a plugin fail, and a plugin that fails for many sessions."""

import time
import unittest

import wire
from case import NodeTest
from client import Client
from node import run_command
from rules import RulesNode

FRAGILE = """
return { api = 1, version = "%s", needs = { "sessions" },
  inbound = { message_request = function(ctx, msg)
    if msg.content:find("^poison") then error("it can't stand " .. msg.content) end
  end },
  %s
}
"""


def fragile(version="1", more=""):
    return FRAGILE % (version, more)


def ask(client, content, to="bob", sequence=1):
    """Code of the answer to a message; 0 when the recipient has it, who is the sender then."""
    client.send(wire.chat(to, content, sequence=sequence))
    answer = client.receive()
    return answer["messageResponse"]["code"] if answer.get("type") == wire.MESSAGE_RESPONSE else 0


def poison(node, users, times=5, content="poison", word="user"):
    """Sessions of so many users, each of which sent poison so often. All answers have come."""
    clients = [node.client(f"{word}{number}") for number in range(users)]
    for client in clients:
        client.send(b"".join(wire.chat("nobody", content, sequence=n + 1) for n in range(times)))
    for client in clients:
        for _ in range(times):
            client.receive(wire.MESSAGE_RESPONSE)
    return clients


class Guards(NodeTest):
    """Each test on a node of its own, since what guards do lasts."""

    def start(self, plugins=None, config=None, pipeline=None):
        node = RulesNode(plugins or {"fragile": fragile()}, config, pipeline)
        self.addCleanup(node.remove)
        return node.start()

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def guards(self, node, plugin="fragile"):
        return next(p for p in node.json("/v1/plugins")[1]["plugins"] if p["name"] == plugin)["guards"]

    def await_state(self, node, state, plugin="fragile", timeout=5):
        deadline = time.monotonic() + timeout
        while (guards := self.guards(node, plugin))["state"] != state:
            self.assertLess(time.monotonic(), deadline, guards)
            time.sleep(0.05)
        return guards

    def await_end_of_quarantine(self, node, client, to):
        """Sends good messages until the plugin runs again: seconds that it took."""
        started = time.monotonic()
        while self.guards(node)["state"] != "running":
            self.assertLess(time.monotonic() - started, 16)
            ask(client, "good", to)
            time.sleep(0.2)
        return time.monotonic() - started


class OneSession(Guards):
    def test_it_is_throttled_and_all_others_are_served(self):
        node = self.start()
        mallory, again, alice = node.client("mallory"), node.client("mallory", "d1"), node.client("alice")
        codes = [ask(mallory, "poison", sequence=n) for n in range(1, 9)]
        self.assertEqual(codes, [wire.UNKNOWN_ERROR] * 5 + [wire.TOO_MANY] * 3)
        self.assertEqual(ask(mallory, "good", "mallory"), wire.TOO_MANY)
        self.assertEqual(ask(alice, "good", "alice"), 0)
        again.send(wire.chat("alice", "also to others"))
        self.assertEqual(alice.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "also to others")
        guards = self.guards(node)
        self.assertEqual((guards["state"], guards["throttled_sessions"], guards["refused_throttled"]), ("running", 1, 4))
        self.assertEqual(node.metric("hpush_plugin_throttled_sessions", plugin="fragile"), 1)
        self.assertEqual(node.metric("hpush_plugin_guarded_calls_total", plugin="fragile", reason="throttle"), 4)
        self.assertIn("fragile: 1 session throttled", run_command("plugin", "list", "--config", node.file).stdout)
        self.assertRegex(node.log_text(), r"session throttled, its messages make the plugin fail.*plugin=fragile.*user=mallory")
        # Then it may go on; a single failure throttles it again, for twice as long.
        time.sleep(1.1)
        mallory.send(wire.chat("alice", "good"))
        alice.receive(wire.MESSAGE_REQUEST)
        self.assertEqual(ask(mallory, "poison"), wire.UNKNOWN_ERROR)
        self.assertEqual(ask(mallory, "good"), wire.TOO_MANY)
        time.sleep(1.2)
        self.assertEqual(ask(mallory, "good"), wire.TOO_MANY)
        time.sleep(1)
        self.assertEqual(ask(mallory, "poison"), wire.UNKNOWN_ERROR)
        self.assertEqual(node.metric("hpush_plugin_quarantined", plugin="fragile"), 0)

    def test_budget_kills_and_waits_that_are_too_long_count(self):
        slow = """
return { api = 1, inbound = { message_request = function(ctx, msg)
  if msg.content == "loop" then while true do end end
  if msg.content == "wait" then hpush.sleep(60) end
end } }
"""
        node = self.start({"slow": slow}, {"plugins": {"limits": {"run_ms": 5, "wait_ms": 50}}})
        for content in ("loop", "wait"):
            client = node.client(content)
            codes = [ask(client, content) for _ in range(6)]
            self.assertEqual(codes, [wire.UNKNOWN_ERROR] * 5 + [wire.TOO_MANY], content)

    def test_its_end_forgets_it(self):
        node = self.start()
        poison(node, 1)[0].close()
        node.await_metric("hpush_connections_closed_total", 1, reason="client")
        self.assertEqual(self.guards(node)["throttled_sessions"], 0)

    def test_what_poisons_outbound_handlers_is_put_down_to_the_sender(self):
        outbound = """
return { api = 1, outbound = { message_request = function(ctx, msg)
  if msg.content == "poison" then error("it breaks") end
end } }
"""
        node = self.start({"out": outbound})
        receivers = [node.client(f"r{number}") for number in range(12)]
        mallory = node.client("mallory")
        for _ in range(10):
            mallory.send(b"".join(wire.chat(f"r{number}", "poison") for number in range(12)))
        mallory.beat()
        guards = self.guards(node, "out")
        self.assertEqual((guards["state"], guards["throttled_sessions"]), ("running", 1))
        receivers[0].send(wire.chat("r1", "good"))
        self.assertEqual(receivers[1].receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "good")


class ManySessions(Guards):
    def test_one_user_cannot_silence_everybody(self):
        node = self.start()
        clients = [node.client("mallory", f"d{number}") for number in range(30)]
        for client in clients:
            for _ in range(5):
                self.assertEqual(ask(client, "poison", "nobody"), wire.UNKNOWN_ERROR)
        self.assertEqual(self.guards(node)["state"], "running")
        alice = node.client("alice")
        self.assertEqual(ask(alice, "good", "alice"), 0)

    def test_quarantine_half_open_and_back(self):
        node = self.start(config={"chat": {"threads": 2}})
        poison(node, 24)
        guards = self.await_state(node, "quarantined")
        self.assertGreaterEqual(guards["quarantines"], 1)
        self.assertIn("it can't stand poison", guards["reason"])
        self.assertTrue(8 < guards["until"] - time.time() < 11)
        alice = node.client("alice")
        self.assertEqual(ask(alice, "good", "alice"), wire.UNAVAILABLE)
        self.assertEqual(node.metric("hpush_plugin_quarantined", plugin="fragile"), 1)
        self.assertGreaterEqual(node.metric("hpush_plugin_guarded_calls_total", plugin="fragile", reason="quarantine"), 1)
        self.assertIn("fragile: QUARANTINED", run_command("plugin", "list", "--config", node.file).stdout)
        self.assertRegex(node.log_text(), r"plugin quarantined, it fails for many sessions: .*it can't stand poison.*plugin=fragile")
        self.assertGreater(self.await_end_of_quarantine(node, alice, "alice"), 6)
        self.assertEqual(ask(alice, "good", "alice"), 0)
        self.assertIn("plugin is well again", node.log_text())
        # Nobody is kept from it any more.
        self.assertEqual(self.guards(node)["throttled_sessions"], 0)

    def test_a_reload_ends_it(self):
        node = self.start()
        poison(node, 24)
        self.await_state(node, "quarantined")
        node.reload_well()
        guards = self.guards(node)
        self.assertEqual((guards["state"], guards["quarantines"], guards["throttled_sessions"]), ("running", 0, 0))
        alice = node.client("alice")
        self.assertEqual(ask(alice, "good", "alice"), 0)

    def test_where_errors_are_skipped_messages_pass(self):
        node = self.start(pipeline=[{"login": {"mode": "open"}}, {"fragile": {"on_error": "skip"}}, "chat_redirect"])
        bob, mallory = node.client("bob"), node.client("mallory")
        for _ in range(8):
            mallory.send(wire.chat("bob", "poison"))
            self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "poison")
        self.assertEqual(self.guards(node)["throttled_sessions"], 1)
        for number in range(24):
            with node.client(f"user{number}") as client:
                client.send(wire.chat("bob", "poison") * 5)
                for _ in range(5):
                    bob.receive(wire.MESSAGE_REQUEST)
        self.await_state(node, "quarantined")
        mallory.send(wire.chat("bob", "good"))
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "good")

    def test_an_outbound_plugin_in_quarantine_lets_nothing_out(self):
        outbound = """
return { api = 1, outbound = { message_request = function(ctx, msg) error("it breaks") end } }
"""
        node = self.start({"out": outbound})
        clients = [node.client(f"user{number}") for number in range(24)]
        for client in clients:
            client.send(wire.chat("user0", "x") * 5)
        self.await_state(node, "quarantined", "out")
        clients[1].send(wire.chat("user2", "x"))
        self.assertTrue(clients[2].is_silent())

    def test_answers_of_the_node_pass_where_the_outbound_rules_are_out_of_order(self):
        node = self.start({"fragile": fragile(more="""
  outbound = { ["*"] = function(ctx, msg) end }""")})
        mallory = node.client("mallory")
        for _ in range(5):
            self.assertEqual(ask(mallory, "poison", "nobody"), wire.UNKNOWN_ERROR)
        self.assertEqual(ask(mallory, "good", "nobody"), wire.TOO_MANY)
        poison(node, 24)
        self.await_state(node, "quarantined")
        # A login and a logout are answered, too.
        alice = node.client("alice")
        self.assertEqual(ask(alice, "good", "alice"), wire.UNAVAILABLE)
        alice.ask(wire.message(wire.LOGOUT_REQUEST, 42), wire.LOGOUT_RESPONSE)

    def test_answers_of_the_node_pass_an_outbound_handler_that_fails(self):
        node = self.start({"out": """
return { api = 1, outbound = { message_response = function(ctx, msg) error("it breaks") end } }"""})
        self.assertEqual(ask(node.client("alice"), "x", "nobody"), wire.UNAVAILABLE)

    def test_timers_go_on_in_quarantine(self):
        node = self.start({"fragile": fragile(more="""
  timers = { { every = 0.05, run = function() hpush.metrics.add("ticks") end } }""")})
        poison(node, 24)
        self.await_state(node, "quarantined")
        node.await_metric("hpush_plugin_metric", node.metric("hpush_plugin_metric", name="ticks") + 2, name="ticks")

    def test_logins_are_refused_where_the_login_plugin_fails_for_many_addresses(self):
        door = """
return { api = 1, inbound = { login_request = function(ctx, msg)
  if msg.uid:find("^poison") then error("it can't stand " .. msg.uid) end
  ctx:accept { uid = msg.uid }
end } }
"""
        # Skipping errors never lets anybody in.
        node = self.start({"door": door}, pipeline=[{"door": {"on_error": "skip"}}, "chat_redirect"])

        def login(address, uid):
            with Client(node.ports["chat"], source=address) as client:
                return client.login(uid)

        for number in range(120):
            self.assertEqual(login("127.0.0.1", f"poison{number}")["code"], wire.UNKNOWN_ERROR)
        self.assertEqual(self.guards(node, "door")["state"], "running", "one address alone")
        for number in range(120):
            answer = login(f"127.0.1.{1 + number % 12}", "poison")
            if answer["code"] == wire.UNAVAILABLE:
                break
        self.await_state(node, "quarantined", "door")
        self.assertEqual(login("127.0.0.1", "alice"), {"code": wire.UNAVAILABLE, "info": "the rules are out of order"})


class AutoRollback(Guards):
    CONFIG = {"plugins": {"auto_rollback": True}}
    BAD = """
return { api = 1, version = "2", inbound = { message_request = function(ctx, msg) error("a bug") end } }
"""

    def test_a_reload_that_fails_for_many_is_taken_back(self):
        node = self.start(config=self.CONFIG)
        alice = node.client("alice")
        node.write("fragile", self.BAD)
        self.assertEqual(node.reload_well(), 2)
        poison(node, 24, content="good")
        deadline = time.monotonic() + 5
        while (listing := node.json("/v1/plugins")[1])["generation"] != 3:
            self.assertLess(time.monotonic(), deadline, listing)
            time.sleep(0.05)
        self.assertEqual((listing["rules_of"], listing["files_differ"]), (1, True))
        self.assertEqual(ask(alice, "good", "alice"), 0)
        self.assertEqual(self.guards(node)["state"], "running")
        self.assertEqual(node.metric("hpush_plugin_reloads_total", result="auto_rolled_back"), 1)
        self.assertRegex(node.log_text(), r"plugins are rolled back: plugin fragile fails for many sessions: .*a bug.*generation=2")
        # What came back is not rolled back in turn.
        poison(node, 24, word="other")
        self.await_state(node, "quarantined")
        self.assertEqual(node.json("/v1/plugins")[1]["generation"], 3)

    def test_not_without_the_setting_nor_without_a_generation_before(self):
        for config, reloads in (({}, True), (self.CONFIG, False)):
            with self.subTest(config):
                node = self.start(config=config)
                if reloads:
                    node.write("fragile", self.BAD)
                    node.reload_well()
                poison(node, 24)
                self.await_state(node, "quarantined")
                self.assertEqual(node.json("/v1/plugins")[1]["generation"], 2 if reloads else 1)

    def test_not_where_the_plugin_was_ailing_before(self):
        node = self.start(config=self.CONFIG)
        poison(node, 24)
        self.await_state(node, "quarantined")
        self.assertEqual(node.reload_well(), 2)
        poison(node, 24, word="other")
        self.await_state(node, "quarantined")
        self.assertEqual(node.json("/v1/plugins")[1]["generation"], 2)


if __name__ == "__main__":
    unittest.main()
