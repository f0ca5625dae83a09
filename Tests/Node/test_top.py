"""hpush plugin top: what the plugins do, per second."""

import json
import threading
import time
import unittest

import wire
from case import NodeTest
from node import run_command

RULE = """
return { api = 1, inbound = { message_request = function(ctx, msg)
  if msg.content == "wait" then hpush.sleep(3) end
  if msg.content == "error" then error("it breaks") end
end } }
"""


class Top(NodeTest):
    plugins = {"rule": RULE}
    pipeline = [{"login": {"mode": "open"}}, "rule", "chat_redirect"]

    def setUp(self):
        self.over = threading.Event()
        self.sender = threading.Thread(target=self.send, args=(self.client("busy"),))
        self.sender.start()
        self.addCleanup(self.sender.join)
        self.addCleanup(self.over.set)
        time.sleep(0.3)

    def send(self, client):
        while not self.over.is_set():
            client.send(wire.chat("nobody", "x") * 50)
            for _ in range(50):
                client.receive(wire.MESSAGE_RESPONSE)
            time.sleep(0.02)

    def top(self, *options):
        done = run_command("plugin", "top", *options, "--config", self.node.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_pipe_gets_one_table(self):
        lines = self.top().splitlines()
        self.assertRegex(lines[0], r"^generation 1, 0 handlers waiting$")
        row = next(line for line in lines if line.startswith("rule"))
        self.assertRegex(row, r"^rule +inbound.message_request +[\d,]+ +0 +[\d.]+ us +[\d.]+ us ")
        self.assertGreater(int(row.split()[2].replace(",", "")), 100)

    def test_json_with_rates_waits_and_guards(self):
        waiter, failing = self.client("waiter"), self.client("failing")
        waiter.send(wire.chat("nobody", "wait"))
        failing.send(wire.chat("nobody", "error") * 6)
        rates = json.loads(self.top("--once", "--json"))
        self.assertEqual((rates["generation"], rates["waiting"]), (1, 1))
        self.assertTrue(0.9 < rates["seconds"] < 3)
        rule = next(plugin for plugin in rates["plugins"] if plugin["name"] == "rule")
        self.assertGreater(rule["total"]["calls_per_second"], 100)
        self.assertEqual(rule["guards"]["refused_throttled"], 1)
        login = next(plugin for plugin in rates["plugins"] if plugin["name"] == "login")
        self.assertEqual(login["total"]["calls_per_second"], 0)


if __name__ == "__main__":
    unittest.main()
