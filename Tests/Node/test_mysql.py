"""Nodes on MariaDB: one alone, two that share it, and what users see when it dies."""

import threading
import time
import unittest

import store_checker
import test_store
import wire
from case import NodeTest
from cluster import Cluster, eventually
from node import Node, run_command
from servers import MariaDB
from test_cluster_faults import GateAlone

PIPELINE = [{"login": {"mode": "password"}}, "device_policy", "group_chat", "inbox", "chat_redirect"]


def setUpModule():
    global mariadb
    mariadb = MariaDB().start()
    unittest.addModuleCleanup(mariadb.remove)


class OnMySQL:
    """The tests of another class, on a database of their own."""

    @classmethod
    def setUpClass(cls):
        cls.config = {**cls.config, "store": mariadb.store()}
        super().setUpClass()


class InboxTests(OnMySQL, test_store.InboxTests):
    pass


class FullInboxTests(OnMySQL, test_store.FullInboxTests):
    pass


class HistoryTests(OnMySQL, test_store.HistoryTests):
    pass


class GroupTests(OnMySQL, test_store.GroupTests):
    pass


class StoredPasswordTests(OnMySQL, test_store.PasswordTests):
    pass


class StartTests(unittest.TestCase):
    def refusal(self, **mysql):
        store = mariadb.store()
        node = Node({"store": {**store, "mysql": {**store["mysql"], **mysql}}})
        self.addCleanup(node.remove)
        done = run_command("serve", "--config", node.file)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr

    def test_what_is_wrong_is_told_in_a_line(self):
        self.assertIn("/nowhere: there is no such database", self.refusal(database="nowhere"))
        self.assertIn("the server refuses the user", self.refusal(user="mallory", password="x"))
        self.assertIn("the server cannot be reached", self.refusal(port=1))


class OutageTests(NodeTest):
    """With a server of their own, which dies."""

    pipeline = [{"login": {"mode": "password"}}, "group_chat", {"inbox": {"max_messages": 20000}}, "chat_redirect"]

    @classmethod
    def setUpClass(cls):
        cls.database = MariaDB().start()
        cls.addClassCleanup(cls.database.remove)
        cls.config = {"store": cls.database.store()}
        super().setUpClass()
        for name in ("alice", "bob", "carol"):
            assert run_command("user", "add", name, "--password", "p", "--config", cls.node.file).returncode == 0
        time.sleep(1)

    def setUp(self):
        """Whatever the test before did to the database is over."""
        eventually(lambda: self.logged_in("alice", "probe"), "accounts are there", 30).close()

    def logged_in(self, uid, device):
        """A session; None when the login is refused."""
        client = self.node.client()
        if client.login(uid, device, token="p").get("result"):
            return client
        client.close()
        return None

    def answer(self, client, number, content="x", to="bob"):
        client.send(wire.chat(to, content, sequence=number, msg_id=number))
        return client.receive_until(wire.MESSAGE_RESPONSE, 20)["messageResponse"]

    def test_the_database_dies_and_comes_back(self):
        alice, bob = self.client("alice", token="p", capabilities=wire.RECEIPTS), self.client("bob", token="p")
        self.assertTrue(self.answer(alice, 1, "before").get("result"))
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "before")
        self.database.kill()
        try:
            self.assertEqual(self.answer(alice, 2, "while it is gone").get("code"), wire.UNAVAILABLE)
            store = self.node.json("/v1/status")[1]["store"]
            self.assertFalse(store["working"])
            self.assertIn(f"mysql 127.0.0.1:{self.database.port}/", store["failure"])
            self.assertEqual(self.node.metric("hpush_store_up"), 0)
            with self.node.client() as carol:
                answer = carol.login("bob", "other", token="p")
                self.assertEqual(answer.get("code"), wire.UNAVAILABLE, answer)
            self.assertLess(alice.beat(), 1)
        finally:
            self.database.start()

        def taken():
            answer = self.answer(alice, 2, "while it is gone")
            self.assertIn(answer.get("code", 0), (0, wire.UNAVAILABLE), answer)
            return answer.get("result")
        eventually(taken, "the node goes on by itself", 5)
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "while it is gone")
        self.assertTrue(self.node.json("/v1/status")[1]["store"]["working"])
        self.assertEqual(self.node.metric("hpush_store_up"), 1)
        eventually(lambda: "accounts can be read again" in self.node.log_text(), "the log says so", 5)
        self.assertTrue(bob.is_silent(), "once")

    def test_a_lock_that_stays_is_a_failure_that_passes(self):
        alice = self.client("alice", token="p", capabilities=wire.RECEIPTS)
        self.assertTrue(self.answer(alice, 11, to="carol").get("result"))
        name = self.config["store"]["mysql"]["database"]
        holder = threading.Thread(
            target=self.database.sql, args=("START TRANSACTION; SELECT id FROM mailbox FOR UPDATE; SELECT SLEEP(9); COMMIT", name))
        holder.start()
        # It sleeps once it has the lock. (innodb_trx is a copy that stays as it is while it is asked for often.)
        sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep'"
        eventually(lambda: self.database.sql(sleeping)[0] != "0", "the lock is held")
        try:
            self.assertEqual(self.answer(alice, 12, to="carol").get("code"), wire.UNAVAILABLE)
        finally:
            holder.join()
        self.assertTrue(self.answer(alice, 12, to="carol").get("result"))

    def test_a_database_that_stands_still_is_a_failure_that_passes(self):
        alice = self.client("alice", token="p", capabilities=wire.RECEIPTS)
        self.assertTrue(self.answer(alice, 21, to="carol").get("result"))
        self.database.freeze()
        try:
            self.assertEqual(self.answer(alice, 22, to="carol").get("code"), wire.UNAVAILABLE)
            with self.node.client() as carol:
                self.assertEqual(carol.login("carol", token="p").get("code"), wire.UNAVAILABLE)
        finally:
            self.database.thaw()
        eventually(lambda: self.answer(alice, 22, to="carol").get("result"), "it goes on", 20)
        self.addCleanup(lambda: carol.close())
        carol = eventually(lambda: self.logged_in("carol", "new"), "accounts are there again", 20)
        contents = [carol.receive(wire.MESSAGE_REQUEST)["messageRequest"]["msg_id"] for _ in range(2)]
        self.assertEqual(contents[-2:], [21, 22])
        self.assertEqual(self.node.metric("hpush_plugin_failures_total"), 0, "no rule's fault")


class CrashTests(unittest.TestCase):
    def test_nothing_accepted_is_lost_when_the_database_is_killed(self):
        self.check("database", 4)

    def test_nothing_accepted_is_lost_when_the_node_is_killed(self):
        self.check("node", 4)

    def check(self, victim, kills):
        faults, accepted = store_checker.Run(kills, 3, mysql=victim).run()
        self.assertEqual(faults, [])
        self.assertGreater(accepted, 100)


class ClusterTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        store = mariadb.store()
        cls.database = store["mysql"]["database"]
        gate = {"enabled": True, "host": "127.0.0.1", "port": 0, "token_secret": "a secret of the gate in tests, long enough"}
        cls.a = cls.cluster.add("a", pipeline=PIPELINE, store=store, gate=gate)
        cls.b = cls.cluster.add("b", pipeline=PIPELINE, store=store, chat={"threads": 2})
        names = [*(f"user{n}" for n in range(24)), "alice", "bob", "carol", "dora", "emil", "fritz", "greta", "hans", "ida", "jim"]
        users = cls.a.folder / "users.csv"
        users.write_text("".join(f"{name},p\n" for name in names))
        done = run_command("user", "import", users, "--config", cls.a.file, timeout=60)
        assert done.returncode == 0, done.stderr
        for node in (cls.a, cls.b):
            eventually(lambda: len(node.json("/v1/status")[1]["cluster"]["nodes"]) == 2, "two nodes")
        time.sleep(1)

    def client(self, node, uid, device="d0", **login):
        client = node.client(uid, device, token="p", **login)
        self.addCleanup(client.close)
        return client

    def sender(self, node, uid):
        return self.client(node, uid, self.id(), capabilities=wire.RECEIPTS)

    def accept(self, client, to, content, number, **parts):
        client.send(wire.chat(to, content, sequence=number, msg_id=number, **parts))
        response = client.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]
        self.assertTrue(response.get("result"), response)
        return response["server_id"]

    def contents(self, client, count, timeout=10):
        return [client.receive(wire.MESSAGE_REQUEST, timeout)["messageRequest"]["content"] for _ in range(count)]

    def test_accounts_are_those_of_all_nodes(self):
        self.assertEqual(run_command("user", "add", "new", "--password", "p", "--config", self.b.file).returncode, 0)
        time.sleep(1)
        alice = self.sender(self.a, "alice")
        self.accept(alice, "new", "welcome", 1)
        self.assertEqual(self.contents(self.client(self.b, "new"), 1), ["welcome"])
        with self.a.client() as wrong:
            self.assertEqual(wrong.login("new", token="wrong").get("code"), 1)

    def test_live_and_in_order_from_node_to_node(self):
        alice, bob = self.sender(self.a, "alice"), self.client(self.b, "bob")
        time.sleep(0.3)
        for n in range(1, 301):
            alice.send(wire.chat("bob", str(n), sequence=n, msg_id=n))
        got = [bob.receive(wire.MESSAGE_REQUEST)["messageRequest"] for _ in range(300)]
        self.assertEqual([m["content"] for m in got], [str(n) for n in range(1, 301)])
        numbers = [m["conversation_seq"] for m in got]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 300)))
        for _ in range(300):
            self.assertTrue(alice.receive(wire.MESSAGE_RESPONSE)["messageResponse"].get("result"))
        self.assertTrue(bob.is_silent(2), "each once")

    def test_who_is_not_there_gets_it_at_any_node_and_once_a_device(self):
        alice = self.sender(self.a, "alice")
        for n in range(1, 6):
            self.accept(alice, "carol", str(n), n)
        carol = self.client(self.b, "carol", capabilities=wire.ACKS)
        got = [carol.receive(wire.MESSAGE_REQUEST)["messageRequest"] for _ in range(5)]
        carol.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [m["server_id"] for m in got[:4]]}))
        time.sleep(0.3)
        carol.close()
        again = self.client(self.a, "carol", capabilities=wire.ACKS)
        self.assertEqual(self.contents(again, 1), ["5"])
        self.assertTrue(again.is_silent(2))

    def test_devices_on_both_nodes_get_it_once_each(self):
        alice = self.sender(self.a, "alice")
        phone, tablet = self.client(self.a, "dora", "phone"), self.client(self.b, "dora", "tablet")
        time.sleep(0.3)
        for n in range(1, 21):
            self.accept(alice, "dora", str(n), n)
        expected = [str(n) for n in range(1, 21)]
        self.assertEqual(self.contents(phone, 20), expected)
        self.assertEqual(self.contents(tablet, 20), expected)
        self.assertTrue(phone.is_silent(2) and tablet.is_silent(0.1))

    def test_a_message_that_is_sent_again_by_way_of_another_node_is_one(self):
        first = self.accept(self.client(self.a, "alice", "again", capabilities=wire.RECEIPTS), "emil", "once", 7)
        emil = self.client(self.b, "emil")
        self.assertEqual(self.contents(emil, 1), ["once"])
        self.assertEqual(self.accept(self.client(self.b, "alice", "again", capabilities=wire.RECEIPTS), "emil", "once", 7), first)
        self.assertTrue(emil.is_silent(1))

    def test_a_session_that_has_just_come_misses_nothing(self):
        alice = self.sender(self.a, "alice")
        for n in range(1, 11):
            fritz = self.client(self.b, "fritz", f"device{n}")
            alice.send(wire.chat("fritz", str(n), sequence=n, msg_id=n))
            self.assertEqual(self.contents(fritz, 1, 5), [str(n)])
            self.assertTrue(alice.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"].get("result"))
            fritz.close()

    def test_groups_reach_members_on_all_nodes_by_one_record(self):
        members = [f"user{n}" for n in range(24)]
        done = run_command("group", "create", "team", "greta", *members, "--config", self.b.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        greta = self.sender(self.a, "greta")
        own, own_away = self.client(self.a, "greta", "own"), self.client(self.b, "greta", "away")
        here = [self.client(self.a, name) for name in members[:4]]
        there = [self.client(self.b, name) for name in members[4:20]]
        time.sleep(0.5)
        self.accept(greta, "", "routes are asked for", 1, group="team")
        before = self.a.metric("hpush_messages_forwarded_total")
        self.accept(greta, "", "hi", 2, group="team")
        for client in [own, own_away, *here, *there]:
            self.assertEqual(self.contents(client, 2), ["routes are asked for", "hi"])
        self.assertEqual(self.a.metric("hpush_messages_forwarded_total") - before, 1)
        self.assertEqual(self.contents(self.client(self.b, members[22]), 2), ["routes are asked for", "hi"])
        self.assertTrue(all(client.is_silent(0.1) for client in [greta, own, own_away, *here, *there]))
        page = self.synchronise(there[0], "group:team")
        self.assertEqual([m["content"] for m in page["messages"]], ["routes are asked for", "hi"])

    def synchronise(self, client, conversation):
        client.send(wire.message(wire.SYNC_REQUEST, 70, syncRequest={"conversation": conversation}))
        return client.receive_until(wire.SYNC_RESPONSE)["syncResponse"]

    def test_the_gate_of_a_node_and_one_alone_know_the_accounts(self):
        body = {"user": "alice", "password": "p"}
        status, answer = self.a.json("/v1/login", method="POST", body=body, port="gate")
        self.assertEqual(status, 200, answer)
        with self.b.client() as alice:
            self.assertTrue(alice.login("alice", "token", token=answer["token"]).get("result"))
        self.assertEqual(self.a.http("/v1/login", method="POST", body={**body, "password": "x"}, port="gate")[0], 401)
        alone = GateAlone({**self.a.config, "gate": {**self.a.config["gate"], "port": 0}})
        self.addCleanup(alone.remove)
        status, answer = alone.holder.json("/v1/login", method="POST", body=body, port="gate")
        self.assertEqual(status, 200, answer)
        self.assertEqual(alone.holder.http("/v1/login", method="POST", body={**body, "password": "x"}, port="gate")[0], 401)

    def test_z_without_redis_what_is_stored_still_arrives(self):
        """Last: Redis comes back empty."""
        self.cluster.redis.kill()
        try:
            hans = self.client(self.b, "hans")
            alice = self.sender(self.a, "alice")
            for n in range(1, 4):
                self.accept(alice, "hans", str(n), n)
            self.assertEqual(self.contents(hans, 3), ["1", "2", "3"])
        finally:
            self.cluster.redis.start()
        eventually(lambda: self.a.metric("hpush_redis_connected") == 1 and self.b.metric("hpush_redis_connected") == 1, "Redis is back")
        time.sleep(2)
        self.accept(alice, "hans", "4", 4)
        self.assertEqual(self.contents(hans, 1), ["4"])
        self.assertTrue(hans.is_silent(3), "each once")


class ClusterDeathTests(unittest.TestCase):
    def test_what_a_node_stored_before_it_died_reaches_who_is_online(self):
        """Committed and not handed on: as the node left it when it was killed in between."""
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        store = mariadb.store()
        pipeline = [{"login": {"mode": "open"}}, "inbox", "chat_redirect"]
        keeps = {"keeps": """
            local M = { api = 1, version = "1" }
            M.inbound = { message_request = function(ctx, msg) if msg.content:find("silent") then return hpush.stop end end }
            return M"""}
        a = cluster.add("a", pipeline=[*pipeline[:2], "keeps", "chat_redirect"], plugins=keeps, store=store)
        b = cluster.add("b", pipeline=pipeline, store=store)
        eventually(lambda: b.json("/v1/status")[1]["cluster"]["nodes"][1:], "two nodes")
        alice = a.client("alice", capabilities=wire.RECEIPTS)
        bob = b.client("bob")
        time.sleep(2.5)
        alice.send(wire.chat("bob", "silent", sequence=1, msg_id=1))
        self.assertTrue(alice.receive(wire.MESSAGE_RESPONSE)["messageResponse"].get("result"))
        self.assertTrue(bob.is_silent(0.5))
        a.kill()
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST, 15)["messageRequest"]["content"], "silent")


class GroupsWithoutInboxTests(unittest.TestCase):
    def test_a_group_message_that_is_sent_again_by_way_of_another_node_is_one(self):
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        store, pipeline = mariadb.store(), [{"login": {"mode": "open"}}, "group_chat", "chat_redirect"]
        a, b, c = (cluster.add(name, pipeline=pipeline, store=store) for name in "abc")
        done = run_command("group", "create", "team", "alice", "bob", "carol", "--config", a.file)
        self.assertEqual(done.returncode, 0, done.stderr)

        def links(node):
            return [member["link"] for member in node.json("/v1/status")[1]["cluster"]["nodes"]].count("linked")

        eventually(lambda: all(links(node) == 2 for node in (a, b, c)), "all nodes are linked")

        def client(node, uid, capabilities):
            client = node.client(uid, capabilities=capabilities)
            self.addCleanup(client.close)
            return client

        def send(sender):
            sender.send(wire.chat("", "once", 1, 1, group="team"))
            response = sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]
            self.assertEqual(response.get("code", 0), 0, response)
            return response["server_id"]

        bob, carol = client(b, "bob", wire.ACKS), client(c, "carol", 0)
        time.sleep(1)
        sender = client(a, "alice", wire.RECEIPTS)
        first = send(sender)
        self.assertEqual(carol.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"], first)
        self.assertEqual(bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"], first)
        bob.send(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": [first]}))
        bob.beat()
        sender.close()
        # At the node of one member, to the other's; then with one who has moved.
        sender = client(b, "alice", wire.RECEIPTS)
        self.assertEqual(send(sender), first)
        sender.close()
        bob.close()
        bob = client(a, "bob", wire.ACKS)
        sender = client(c, "alice", wire.RECEIPTS)
        time.sleep(0.5)
        self.assertEqual(send(sender), first)
        self.assertTrue(bob.is_silent(0.5) and carol.is_silent(0.1))


if __name__ == "__main__":
    unittest.main()
