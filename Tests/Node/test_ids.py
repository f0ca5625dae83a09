"""Ids of hpush.id: they grow, also over restarts, and when the clock was set back meanwhile."""

import time
import unittest
import uuid

from node import Node

EPOCH = 1_704_067_200_000
PLUGIN = """
return { api = 1, routes = { id = function(ctx, body)
  local ids = {}
  for i = 1, tonumber(body) do ids[i] = tostring(hpush.id()) end
  return table.concat(ids, " ")
end } }
"""


class Ids(unittest.TestCase):
    def node(self, generator="snowflake"):
        node = Node(
            {"chat": {"threads": 2}, "ids": {"generator": generator}}, [{"login": {"mode": "open"}}, "maker"], plugins={"maker": PLUGIN})
        self.addCleanup(node.remove)
        return node

    def ids(self, node, count=100):
        with node.client("asker") as client:
            code, text = client.call("id", str(count).encode())
            self.assertEqual(code, 0, text)
            return [int(word) for word in text.split()]

    def mark(self, node):
        return int((node.folder / "data/id_mark").read_text())

    def milliseconds(self, number):
        return (number >> 22) + EPOCH

    def test_they_grow_and_carry_the_time(self):
        node = self.node().start()
        ids = self.ids(node, 20_000)
        self.assertEqual(ids, sorted(set(ids)))
        self.assertAlmostEqual(self.milliseconds(ids[0]) / 1000, time.time(), delta=60)
        self.assertEqual(node.stop(), 0)

    def test_the_mark_is_ahead_of_every_id(self):
        node = self.node().start()
        self.assertGreater(self.mark(node), self.milliseconds(self.ids(node, 20_000)[-1]))
        time.sleep(4)
        self.assertGreater(self.mark(node), time.time() * 1000 + 20_000, "it is not renewed")
        last = self.ids(node)[-1]
        self.assertEqual(node.stop(), 0)
        # An orderly end leaves no gap.
        self.assertGreater(self.mark(node), self.milliseconds(last))
        self.assertLess(self.mark(node), time.time() * 1000 + 5000)

    def test_a_clock_that_was_set_back_repeats_no_id(self):
        node = self.node().start()
        self.ids(node)
        node.kill()
        # As if the clock had been an hour ahead when the node was killed.
        ahead = int(time.time() * 1000) + 3_600_000
        (node.folder / "data/id_mark").write_text(f"{ahead}\n")
        node.start()
        self.assertGreaterEqual(self.milliseconds(self.ids(node)[0]), ahead)
        self.assertIn("clock", node.log_text())
        node.kill()
        before = self.mark(node)
        node.start()
        self.assertGreaterEqual(self.milliseconds(self.ids(node)[0]), before)
        self.assertEqual(node.stop(), 0)

    def test_killed_over_and_over_no_id_comes_twice(self):
        node = self.node()
        seen = []
        for _ in range(4):
            node.start()
            seen += self.ids(node, 5000)
            node.kill()
        self.assertEqual(seen, sorted(set(seen)))

    def test_a_broken_mark_stops_the_start(self):
        node = self.node().start()
        self.assertEqual(node.stop(), 0)
        (node.folder / "data/id_mark").write_text("soon\n")
        with self.assertRaises(AssertionError) as refused:
            node.start()
        self.assertIn("id_mark", str(refused.exception))

    def test_uuids(self):
        node = self.node("uuid").start()
        with node.client("asker") as client:
            words = client.call("id", b"50")[1].split()
        self.assertEqual(len({uuid.UUID(word) for word in words}), 50)
        self.assertEqual(words, [str(uuid.UUID(word)) for word in words])


if __name__ == "__main__":
    unittest.main()
