"""hpush plugin shadow: a candidate beside the rules in force, without effects."""

import subprocess
import time
import unittest

import wire
from node import BINARY
from rules import RulesNode

RULE = """
local heard = 0
return { api = 1, version = "1", needs = { "sessions" },
  inbound = { message_request = function(ctx, msg)
    heard = heard + 1
    hpush.metrics.add("heard")
    hpush.shared.incr("heard")
    CHANGE
    if msg.content == "darn" then msg.content = "****" end
  end },
  save = function() return heard end, restore = function(old) heard = old or 0 end,
}
"""


def rule(change=""):
    return RULE.replace("CHANGE", change)


class Shadow(unittest.TestCase):
    def start(self):
        node = RulesNode({"rule": rule()}, {"chat": {"threads": 2}})
        self.addCleanup(node.remove)
        return node.start()

    def shadow(self, node, candidate, act, seconds=3):
        """What `hpush plugin shadow` prints while `act` happens, and its code."""
        folder = node.folder / "candidate"
        folder.mkdir(exist_ok=True)
        (folder / "rule.lua").write_text(candidate)
        child = subprocess.Popen(
            [BINARY, "plugin", "shadow", folder, "--for", f"{seconds}s", "--config", node.file],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.kill)
        time.sleep(1)
        act()
        output, errors = child.communicate(timeout=30)
        return child.returncode, output, errors

    def chat(self, node, contents, pause=0.0):
        """Alice writes to bob; what bob got."""
        alice, bob = node.client("alice"), node.client("bob")

        def act():
            for number, content in enumerate(contents, 1):
                alice.send(wire.chat("bob", content, number))
                time.sleep(pause)
            return [bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in contents]
        return act

    def test_the_same_rules_do_the_same(self):
        node = self.start()
        got = []
        act = self.chat(node, ["hi", "darn", "hi"])
        code, output, errors = self.shadow(node, rule(), lambda: got.extend(act()))
        self.assertEqual((code, got), (0, ["hi", "****", "hi"]), output + errors)
        self.assertRegex(output, r"(?m)^\d+ compared, 0 differ$")
        self.assertRegex(output, r"cost: p50 \S+ .* of the loops' time")

    def test_a_change_is_told_and_has_no_effect(self):
        node = self.start()
        got = []
        act = self.chat(node, ["hi", "secret", "darn"])
        candidate = rule(
            'if msg.content == "secret" then hpush.shared.set("heard", 1000) return hpush.reject { code = 7, info = "no" } end')
        code, output, errors = self.shadow(node, candidate, lambda: got.extend(act()))
        self.assertEqual((code, got), (1, ["hi", "secret", "****"]), output + errors)
        self.assertRegex(output, r"(?m)^#\d+ alice message_request: verdict: was .*, now .*reject")
        self.assertRegex(output, r"(?m)^\d+ compared, 1 differ$")
        # What it counted and kept is its own.
        self.assertEqual(node.metric("hpush_plugin_metric", plugin="rule", name="heard"), 3)

    def test_a_candidate_that_loops_ends_the_shadow_and_nothing_else(self):
        node = self.start()
        got = []
        # It may take a tenth of a loop's time: one message a second.
        act = self.chat(node, [f"m{number}" for number in range(8)], pause=0.7)
        code, output, errors = self.shadow(node, rule("while true do end"), lambda: got.extend(act()), seconds=20)
        self.assertEqual((code, got), (1, [f"m{number}" for number in range(8)]), output + errors)
        self.assertIn("it ended early", output)

    def test_what_can_not_be_loaded_is_said_at_once(self):
        node = self.start()
        code, output, errors = self.shadow(node, "return { api = = 1 }", lambda: None)
        self.assertNotEqual(code, 0)
        self.assertRegex(errors, r"rule.lua:1: ")


if __name__ == "__main__":
    unittest.main()
