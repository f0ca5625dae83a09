"""Bad rules never come into force: each is refused with plugin and place, and what runs goes on undisturbed."""

import copy
import json
import shutil
import threading
import time
import unittest

from bad_rules import GOOD, all_bad
from node import run_command
from rules import RulesNode, probe


class BadRules(unittest.TestCase):
    longMessage = True

    @classmethod
    def setUpClass(cls):
        # Small budgets: what is to overrun them does so soon.
        cls.node = RulesNode({"rules": GOOD}, {"chat": {"threads": 2}, "plugins": {"limits": {"run_ms": 20, "memory_mb": 8}}})
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()
        cls.client = cls.node.client("amy")
        cls.addClassCleanup(cls.client.close)

    def apply(self, bad):
        node, config = self.node, copy.deepcopy(self.node.config)
        if bad.source is not None:
            node.write("rules", bad.source)
        if bad.absent is True:
            (node.plugins / "rules.lua").unlink()
        for name, text in bad.parts.items():
            path = node.plugins / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        if bad.entry is not None:
            entries = bad.entry if isinstance(bad.entry, list) else [bad.entry]
            config["plugins"]["pipeline"] = [{"login": {"mode": "open"}}, *entries, "chat_redirect"]
        if isinstance(bad.sections, dict):
            for section, values in bad.sections.items():
                config.setdefault(section, {}).update(values)
        node.file.write_text(bad.sections if isinstance(bad.sections, str) else json.dumps(config, indent=1))
        if bad.absent == "node.yaml":
            node.file.unlink()

    def restore(self, bad):
        for name in bad.parts:
            path = self.node.plugins / name
            if path.parent != self.node.plugins:
                shutil.rmtree(path.parent, ignore_errors=True)
            else:
                path.unlink()
        self.node.write("rules", GOOD)
        self.node.configure()

    def test_each_is_refused_and_the_running_rules_stay(self):
        cases = list(all_bad())
        self.assertGreaterEqual(len(cases), 100)
        self.assertEqual(len({bad.name for bad in cases}), len(cases))
        admin = f"http://127.0.0.1:{self.node.ports['admin']}"
        before = self.node.resident_bytes()
        for count, bad in enumerate(cases, 1):
            with self.subTest(bad.name):
                self.apply(bad)
                try:
                    done = self.refused(admin)
                finally:
                    self.restore(bad)
                if done.returncode == 0:
                    self.node.reload_well()
                    probe(self.client)
                self.assertNotEqual(done.returncode, 0, done.stdout)
                self.assertEqual((done.stdout, len(done.stderr.strip().splitlines())), ("", 1), done.stderr)
                for words in bad.says:
                    self.assertIn(words.replace("{file}", str(self.node.plugins / "rules.lua")), done.stderr)
                self.assertIn("generation 1 stays in force", done.stderr)
                # Neither generation nor state has changed.
                self.assertEqual(probe(self.client), {"name": "good", "generation": 1, "count": count})
        self.assertEqual(self.node.generation(), 1)
        self.assertEqual(self.node.metric("hpush_plugin_reloads_total", result="failed"), len(cases))
        self.assertLess(self.node.resident_bytes() - before, 48 << 20, "bad rules leave little behind")
        self.assertEqual(self.node.reload_well(), 2)
        self.assertEqual(probe(self.client), {"name": "good", "generation": 2, "count": len(cases) + 1})

    def refused(self, admin):
        # The configuration may be broken: the command is told where the node is.
        return run_command("plugin", "reload", "--admin", admin, timeout=60)


class Serving(unittest.TestCase):
    def test_messages_pass_while_a_bad_bundle_loops_at_load(self):
        node = RulesNode({"rules": GOOD}, {"chat": {"threads": 1}, "plugins": {"limits": {"run_ms": 200}}})
        self.addCleanup(node.remove)
        node.start()
        client = node.client("amy")
        self.addCleanup(client.close)
        node.write("rules", "while true do end")
        reload = threading.Thread(target=node.reload)
        reload.start()
        longest = 0
        while reload.is_alive():
            started = time.monotonic()
            probe(client)
            longest = max(longest, time.monotonic() - started)
        self.assertLess(longest, 0.5)


if __name__ == "__main__":
    unittest.main()
