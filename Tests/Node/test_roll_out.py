"""`hpush plugin push`: the same rules on all nodes of a cluster."""

import json
import pathlib
import shutil
import tempfile
import unittest

import wire
from cluster import Cluster, eventually
from kazoo.client import KazooClient
from node import ROOT, Node, run_command

PIPELINE = [{"login": {"mode": "open"}}, "probe", "chat_redirect"]


def probe(name):
    return f"""
return {{ api = 1, version = "1", inbound = {{ message_request = function(ctx, msg)
  if msg.to == "probe" then ctx.session:notify {{ name = "{name}" }} return hpush.stop end
end }} }}"""


class RulesFolder:
    def __init__(self, test, text):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hpush-rules-"))
        test.addCleanup(shutil.rmtree, self.path)
        for name in ("login", "chat_redirect"):
            shutil.copytree(ROOT / "plugins" / name, self.path / name)
        self.write(text)

    def write(self, text):
        (self.path / "probe.lua").write_text(text)


def answer(node):
    """What the probe of the rules in force says."""
    client = node.client("asker")
    try:
        client.send(wire.chat("probe", "?"))
        return json.loads(client.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])["name"]
    finally:
        client.close()


def push(node, *arguments):
    return run_command("plugin", "push", *arguments, "--config", node.file, timeout=90)


class ClusterRollOut(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster()
        self.addCleanup(self.cluster.remove)
        self.own = RulesFolder(self, probe("own"))

    def add(self, name, **options):
        return self.cluster.add(name, pipeline=PIPELINE, plugins=self.own.path, **options)

    def test_all_nodes_follow_and_newcomers_too(self):
        a, b = self.add("a"), self.add("b")
        self.assertEqual([answer(a), answer(b)], ["own", "own"])
        pushed = RulesFolder(self, probe("one"))
        done = push(a, pushed.path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"node \d+ \(a\): generation 2\n")
        self.assertRegex(done.stdout, r"node \d+ \(b\): generation 2\n")
        self.assertEqual([answer(a), answer(b)], ["one", "one"])
        c = self.add("c")
        self.assertEqual(answer(c), "one", "a newcomer serves with the cluster's rules")
        # A restart, too; and the own files are not looked at.
        self.own.write(probe("changed"))
        b.stop()
        b.start()
        self.assertEqual(answer(b), "one")
        self.assertIn("pushed rules", run_command("plugin", "list", "--config", b.file).stdout)
        # By way of another node, then back.
        self.assertEqual(push(b, RulesFolder(self, probe("two")).path).returncode, 0)
        self.assertEqual([answer(node) for node in (a, b, c)], ["two"] * 3)
        self.assertEqual(push(c, "--before").returncode, 0)
        self.assertEqual([answer(node) for node in (a, b, c)], ["one"] * 3)
        self.assertEqual(push(c, "--own-files").returncode, 0)
        self.assertEqual([answer(node) for node in (a, b, c)], ["changed"] * 3)

    def test_what_does_not_load_goes_nowhere(self):
        a, b = self.add("a"), self.add("b")
        self.assertEqual(push(a, RulesFolder(self, probe("good")).path).returncode, 0)
        done = push(a, RulesFolder(self, "return { api = 1,").path)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("probe.lua:1", done.stderr)
        self.assertIn("stays in force", done.stderr)
        self.assertEqual([answer(a), answer(b)], ["good", "good"])
        a.stop()
        a.start()
        self.assertEqual(answer(a), "good")

    def test_a_node_that_cannot_take_them_keeps_its_own_and_says_so(self):
        a = self.add("a")
        # It has a plugin in its pipeline that is not in the bundle.
        extra = RulesFolder(self, probe("own"))
        (extra.path / "extra.lua").write_text(probe("extra"))
        b = self.cluster.add("b", pipeline=[PIPELINE[0], "extra", *PIPELINE[1:]], plugins=extra.path)
        done = push(a, RulesFolder(self, probe("new")).path)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"node \d+ \(b\): NOT these rules: .*extra")
        self.assertIn("1 of 2 nodes", done.stderr)
        self.assertEqual([answer(a), answer(b)], ["new", "extra"])
        # It stays like this over a new session of ZooKeeper, and the next push that fits is taken.
        (extra.path / "probe.lua").write_text(probe("both"))
        self.assertEqual(push(b, extra.path).returncode, 0)
        eventually(lambda: answer(a) == "both", "the other node has them, too")

    def test_without_zookeeper_nothing_changes(self):
        a = self.add("a")
        self.cluster.zookeepers[0].kill()
        done = push(a, RulesFolder(self, probe("new")).path)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ZooKeeper", done.stderr)
        self.assertEqual(answer(a), "own")

    def test_what_zookeeper_holds(self):
        a = self.add("a")
        for number in range(9):
            self.assertEqual(push(a, RulesFolder(self, probe(f"n{number}")).path).returncode, 0)
        client = KazooClient(hosts=self.cluster.zookeepers[0].address)
        client.start()
        self.addCleanup(client.close)
        self.addCleanup(client.stop)
        current = json.loads(client.get("/im/plugins/current")[0])
        bundles = client.get_children("/im/plugins/bundles")
        self.assertEqual(set(bundles), {current["bundle"], *filter(None, current["before"])})
        self.assertEqual(len(bundles), 6, "the last and five to go back to")
        [report] = [json.loads(client.get(f"/im/plugins/nodes/{name}")[0]) for name in client.get_children("/im/plugins/nodes")]
        self.assertEqual((report["bundle"], report["generation"]), (current["bundle"], 10))


class AloneRollOut(unittest.TestCase):
    def test_a_node_that_stands_alone_takes_them_for_itself(self):
        own = RulesFolder(self, probe("own"))
        node = Node({}, PIPELINE, own.path).start()
        self.addCleanup(node.remove)
        done = push(node, RulesFolder(self, probe("new")).path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(answer(node), "new")
        node.stop()
        node.start()
        self.assertEqual(answer(node), "new")
        self.assertEqual(push(node, "--own-files").returncode, 0)
        self.assertEqual(answer(node), "own")
        self.assertNotEqual(push(node, "--before").returncode, 0)
        self.assertNotEqual(push(node, "/no/such/folder").returncode, 0)
        status, text = node.http("/v1/plugins/push", "POST", body=json.dumps({"files": {"../x.lua": ""}}))
        self.assertEqual(status, 400, text)
