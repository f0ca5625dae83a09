"""Messages from a company's own servers in a cluster: any node takes them, and devices on every node get them."""

import time
import unittest

import wire
from cluster import Cluster, eventually
from node import run_command
from servers import MariaDB

LOGIN = {"login": {"mode": "open"}}
# Sessions can be reached from other nodes within 200 ms.
KNOWN = 0.2


class PushTest(unittest.TestCase):
    pipeline = [LOGIN, "chat_redirect"]
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.a = cls.cluster.add("a", cls.pipeline, chat={"threads": 2}, **cls.options)
        cls.b = cls.cluster.add("b", cls.pipeline, **cls.options)
        for node in (cls.a, cls.b):
            eventually(lambda: len(node.json("/v1/status")[1]["cluster"]["nodes"]) == 2, "two nodes")
            eventually(lambda: node.metric("hpush_peer_links_open") == 1, "a link")

    def client(self, node, uid, device="d0", **login):
        client = node.client(uid, device, **login)
        self.addCleanup(client.close)
        return client

    def post(self, node, path="/v1/messages", **body):
        return node.json(path, method="POST", body=body)

    def push(self, node, **body):
        status, answer = self.post(node, **{"from": "shop", **body})
        self.assertEqual(status, 200, answer)
        return answer

    def contents(self, client, count):
        return [client.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in range(count)]

    def assert_refused(self, answer, status, code):
        self.assertEqual((answer[0], answer[1]["error"]["code"]), (status, code), answer)


class Unstored(PushTest):
    def test_devices_on_all_nodes_get_it_once_whichever_node_is_asked(self):
        devices = [self.client(self.a, "amy", "d1"), self.client(self.b, "amy", "d2"), self.client(self.b, "amy", "d3")]
        time.sleep(KNOWN)
        for node, content in ((self.a, "by a"), (self.b, "by b")):
            answer = self.push(node, to="amy", content=content)
            self.assertEqual((answer["sessions"], answer["stored"]), (3, False))
            for device in devices:
                message = device.receive(wire.MESSAGE_REQUEST)["messageRequest"]
                self.assertEqual((message["from"], message["content"], str(message["server_id"])), ("shop", content, answer["server_id"]))
        self.assertTrue(all(device.is_silent(0.1) for device in devices))

    def test_a_user_of_another_node_only_and_one_who_moved(self):
        for turn in range(4):
            node, other = (self.a, self.b) if turn % 2 else (self.b, self.a)
            client = node.client("mover")
            time.sleep(KNOWN)
            self.assertEqual(self.push(other, to="mover", content=str(turn))["sessions"], 1)
            self.assertEqual(self.contents(client, 1), [str(turn)])
            client.close()
            time.sleep(KNOWN)

    def test_who_is_nowhere_is_said(self):
        for node in (self.a, self.b):
            self.assert_refused(self.post(node, **{"from": "shop", "to": "nowhere", "content": "x"}), 409, "not_reachable")
        gone = self.b.client("gone")
        time.sleep(KNOWN)
        self.push(self.a, to="gone", content="x")
        gone.close()
        time.sleep(KNOWN)
        self.assert_refused(self.post(self.a, **{"from": "shop", "to": "gone", "content": "x"}), 409, "not_reachable")

    def test_notices(self):
        here, there = self.client(self.a, "nora"), self.client(self.b, "nick")
        time.sleep(KNOWN)
        self.assertEqual(self.post(self.a, "/v1/notify", to="nick", json={"type": 98})[1], {"sessions": 1})
        self.assertIn("98", there.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])
        # As many as the nodes said last, a second ago at most.
        def all_of_them():
            status, answer = self.post(self.a, "/v1/notify", all=True, json={"type": 99})
            self.assertEqual(status, 200, answer)
            return answer["sessions"] == self.a.metric("hpush_sessions") + self.b.metric("hpush_sessions")
        eventually(all_of_them, "sessions of both nodes are counted", 5)
        for client in (here, there):
            self.assertIn("99", client.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])


class SharedStoreTest(PushTest):
    """With accounts and groups that the nodes share."""

    @classmethod
    def setUpClass(cls):
        cls.database = MariaDB().start()
        cls.addClassCleanup(cls.database.remove)
        cls.options = {"store": cls.database.store()}
        super().setUpClass()

    def group(self, name, *members):
        done = run_command("group", "create", name, *members, "--config", self.a.file)
        self.assertEqual(done.returncode, 0, done.stderr)


class UnstoredGroups(SharedStoreTest):
    def test_members_on_all_nodes(self):
        self.group("crew", "gil", "gus", "gwen")
        members = [self.client(self.a, "gil"), self.client(self.b, "gus"), self.client(self.b, "gil", "d1")]
        time.sleep(KNOWN)
        for node in (self.a, self.b):
            answer = self.push(node, group="crew", content="all hands")
            self.assertEqual((answer["sessions"], answer["stored"]), (3, False))
            for client in members:
                message = client.receive(wire.MESSAGE_REQUEST)["messageRequest"]
                self.assertEqual((message["group"], message["content"]), ("crew", "all hands"))
        self.assertTrue(all(client.is_silent(0.1) for client in members))
        self.assert_refused(self.post(self.b, **{"from": "shop", "group": "nobody", "content": "x"}), 404, "no_such_group")
        for client in members:
            client.close()
        time.sleep(KNOWN)
        self.assert_refused(self.post(self.a, **{"from": "shop", "group": "crew", "content": "x"}), 409, "not_reachable")


class Stored(SharedStoreTest):
    pipeline = [LOGIN, "group_chat", "inbox", "chat_redirect"]

    def test_devices_on_all_nodes_and_those_that_come_later(self):
        devices = [self.client(self.a, "ida", "d1"), self.client(self.b, "ida", "d2", capabilities=wire.ACKS)]
        time.sleep(KNOWN)
        answers = [self.push(node, to="ida", content=str(n)) for n, node in enumerate((self.a, self.b, self.a, self.b))]
        self.assertEqual({(answer["stored"], answer["sessions"], answer["duplicate"]) for answer in answers}, {(True, 2, False)})
        for device in (*devices, self.client(self.b, "ida", "d3")):
            got = [device.receive(wire.MESSAGE_REQUEST)["messageRequest"] for _ in answers]
            self.assertEqual([message["content"] for message in got], ["0", "1", "2", "3"])
            self.assertEqual([str(message["server_id"]) for message in got], [answer["server_id"] for answer in answers])
        self.assertTrue(all(device.is_silent(0.5) for device in devices), "each once")

    def test_who_is_not_there_gets_it_at_whatever_node(self):
        self.assertEqual(self.push(self.a, to="jo", content="one")["sessions"], 0)
        self.assertEqual(self.push(self.b, to="jo", content="two")["sessions"], 0)
        self.assertEqual(self.contents(self.client(self.b, "jo"), 2), ["one", "two"])

    def test_a_retry_at_another_node_is_the_same_message(self):
        kim = self.client(self.b, "kim")
        time.sleep(KNOWN)
        first = self.push(self.a, to="kim", content="once", msg_id=5)
        again = self.push(self.b, to="kim", content="once", msg_id=5)
        self.assertEqual((again["server_id"], again["duplicate"]), (first["server_id"], True))
        self.assertEqual(self.contents(kim, 1), ["once"])
        self.assertTrue(kim.is_silent(0.5))

    def test_a_session_that_has_just_come_misses_nothing(self):
        for number in range(10):
            lee = self.b.client("lee")
            self.push(self.a, to="lee", content=str(number))
            self.assertEqual(self.contents(lee, 1), [str(number)])
            lee.close()

    def test_groups(self):
        self.group("team", "mo", "ned", "oda")
        members = [self.client(self.a, "mo"), self.client(self.b, "ned")]
        time.sleep(KNOWN)
        answer = self.push(self.a, group="team", content="here and there")
        self.assertEqual((answer["stored"], answer["sessions"]), (True, 2))
        for client in (*members, self.client(self.b, "oda")):
            message = client.receive(wire.MESSAGE_REQUEST)["messageRequest"]
            self.assertEqual((message["group"], message["content"]), ("team", "here and there"))
            self.assertEqual(str(message["server_id"]), answer["server_id"])
        self.assertTrue(all(client.is_silent(0.5) for client in members), "each once")


del PushTest, SharedStoreTest

if __name__ == "__main__":
    unittest.main()
