"""What nodes that leave, and a ZooKeeper that forgets, leave behind: the counter of sessions, worker numbers. And a gate alone."""

import shutil
import subprocess
import time
import unittest

from cluster import Cluster, eventually
from node import BINARY

from kazoo.client import KazooClient


class Leaving(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster()
        self.addCleanup(self.cluster.remove)

    def connect(self):
        zookeeper = KazooClient(hosts=self.cluster.zookeepers[0].address)
        zookeeper.start(timeout=20)
        self.addCleanup(zookeeper.close)
        self.addCleanup(zookeeper.stop)
        return zookeeper

    def clients(self, node, word, count):
        for number in range(count):
            client = node.client(f"{word}{number}")
            self.addCleanup(client.close)

    def test_the_sessions_of_a_node_that_ends_are_taken_off_once(self):
        a, b, c = (self.cluster.add(name) for name in "abc")
        zookeeper = self.connect()

        def online():
            return int.from_bytes(zookeeper.get("/im/OnlineCounter")[0], "big", signed=True)

        for node, count in ((a, 5), (b, 30), (c, 3)):
            self.clients(node, node.config["node"]["name"], count)
        eventually(lambda: online() == 38, "all are counted")
        self.assertEqual(b.stop(), 0)
        eventually(lambda: online() == 8, "those of b are taken off", 2)
        # Not a second time by who sees that it is gone.
        for _ in range(20):
            self.assertEqual(online(), 8)
            time.sleep(0.1)
        c.kill()
        eventually(lambda: online() == 5, "those of c are taken off", 10)
        self.assertEqual(a.stop(), 0)
        self.assertEqual(online(), 0)

    def test_a_zookeeper_that_forgot_everything_gives_no_worker_number_twice(self):
        a, b = self.cluster.add("a"), self.cluster.add("b")
        before = self.workers(self.connect())
        self.assertEqual(set(before), {"0", "1"})
        server = self.cluster.zookeepers[0]
        server.kill()
        shutil.rmtree(server.folder / "data")
        server.start()
        zookeeper = self.connect()
        eventually(lambda: self.workers(zookeeper) == before, "the nodes have their numbers again", 30)
        self.cluster.add("c")
        self.assertEqual(self.workers(zookeeper), {**before, "2": self.workers(zookeeper)["2"]})

    def workers(self, zookeeper):
        if not zookeeper.exists("/im/workers"):
            return {}
        return {number: zookeeper.get(f"/im/workers/{number}")[0] for number in zookeeper.get_children("/im/workers")}

    def test_a_gate_alone_needs_no_accounts_where_nobody_is_asked_for_a_password(self):
        self.cluster.add("a")
        node = self.cluster.add("gate", start=False, store={"driver": "memory"}, gate={
            "host": "127.0.0.1", "port": 0, "token_secret": "a secret of the gate in tests, long enough"})
        gate = subprocess.Popen([BINARY, "gate", "--config", node.file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(gate.communicate)
        self.addCleanup(gate.terminate)
        self.assertRegex(gate.stdout.readline(), r"^gate ")
        self.assertEqual(gate.stdout.readline(), "ready\n")


if __name__ == "__main__":
    unittest.main()
