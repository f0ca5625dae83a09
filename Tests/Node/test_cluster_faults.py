"""What a cluster promises while its parts die, freeze and leave: pointed tests, and a short run of check_cluster.py."""

import json
import os
import pathlib
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import wire
from client import Client, Closed
from cluster import Cluster, eventually
from collector import spans
from node import BINARY, Node

HERE = pathlib.Path(__file__).parent
# 1,000 before a release.
RACES = int(os.environ.get("RACE_TRIES", "100"))


class ShortRun(unittest.TestCase):
    def test_each_fault_once(self):
        done = subprocess.run(
            [sys.executable, HERE / "check_cluster.py", *"--short --each --rounds 8 --users 150 --rate 100 --seed 7".split()],
            capture_output=True, text=True, timeout=240, cwd=HERE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class FaultTest(unittest.TestCase):
    session_timeout_ms = 2000
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(session_timeout_ms=cls.session_timeout_ms)
        cls.addClassCleanup(cls.cluster.remove)
        cls.a, cls.b = cls.cluster.add("a", **cls.options), cls.cluster.add("b", **cls.options)
        eventually(lambda: len(cls.members(cls.b)) == 2 and len(cls.members(cls.a)) == 2, "the nodes know each other")

    @staticmethod
    def members(node):
        """The nodes a node knows, by name."""
        return {member["name"]: member for member in node.json("/v1/status")[1]["cluster"]["nodes"]}

    @staticmethod
    def number(node):
        return node.json("/v1/status")[1]["cluster"].get("node")

    def third(self):
        node = self.cluster.add(f"c{len(self.cluster.nodes)}", **self.options)
        self.addCleanup(node.remove)
        name = node.config["node"]["name"]
        for other in (self.a, self.b):
            eventually(lambda: self.members(other).get(name, {}).get("link") == "linked", "the new node is linked")
        return node

    def client(self, node, uid, device="d0", **login):
        client = node.client(uid, device, **login)
        self.addCleanup(client.close)
        return client

    def routes(self, uid):
        words = self.cluster.redis.cli("HGETALL", f"UserSessions:uid:{uid}").splitlines()
        return {words[i]: json.loads(words[i + 1])["node"] for i in range(0, len(words) - 1, 2)}

    def try_once(self, sender, to, number, timeout=5):
        """(seconds, code) of the answer."""
        began = time.monotonic()
        sender.send(wire.chat(to, str(number), number, number))
        answer = sender.receive_until(wire.MESSAGE_RESPONSE, timeout)
        self.assertEqual(answer["sequence"], number)
        return time.monotonic() - began, answer["messageResponse"].get("code", 0)


class Deaths(FaultTest):
    def test_after_kill_9_no_route_to_the_dead_is_used_for_longer_than_the_session_time_out_and_a_second(self):
        c = self.third()
        dead, sender = self.number(c), self.client(self.a, "mourner", capabilities=wire.RECEIPTS)
        self.client(c, "victim", capabilities=wire.ACKS)
        eventually(lambda: self.routes("victim"), "the route", 2)
        c.kill()
        died = time.monotonic()
        time.sleep(self.session_timeout_ms / 1000 + 1)
        for number in range(1, 11):
            self.assertEqual(self.try_once(sender, "victim", number)[1], wire.UNAVAILABLE)
        slowest = max(self.try_once(sender, "victim", number)[0] for number in range(11, 21))
        self.assertLess(slowest, 0.3, "answers after the death is known wait for nobody")
        eventually(lambda: not self.routes("victim"), "the dead node's field goes", 60 - (time.monotonic() - died))
        # One that the sweep has missed goes with the next login.
        self.cluster.redis.cli("HSET", "UserSessions:uid:victim", "0" * 32, json.dumps({"node": dead}, separators=(",", ":")))
        back = self.client(self.b, "victim")
        eventually(lambda: self.routes("victim") == {back.session: self.number(self.b)}, "the field goes with the login", 2)
        time.sleep(0.2)
        self.assertEqual(self.try_once(sender, "victim", 30)[1], 0)

    def test_a_restarted_node_is_another_one(self):
        c = self.third()
        before = self.number(c)
        c.kill()
        c.start()
        self.assertGreater(self.number(c), before)
        sender, back = self.client(self.a, "patient", capabilities=wire.RECEIPTS), self.client(c, "reborn")
        time.sleep(0.2)
        eventually(lambda: self.try_once(sender, "reborn", random.randrange(1, 1 << 30))[1] == 0, "messages flow to the new one", 3)
        self.assertEqual(back.receive(wire.MESSAGE_REQUEST)["messageRequest"]["from"], "patient")

    def test_what_redis_has_lost_and_kept_is_put_right_when_it_comes_back(self):
        here, gone = self.client(self.a, "present"), self.a.client("past")
        eventually(lambda: self.routes("present") and self.routes("past"), "the routes", 2)
        old = self.routes("past")
        self.cluster.redis.kill()
        gone.close()
        time.sleep(0.3)
        self.cluster.redis.start()
        # As if a replica that was behind had become the master.
        self.cluster.redis.cli("HSET", "UserSessions:uid:past", *[word for id, node in old.items() for word in (
            id, json.dumps({"node": node}, separators=(",", ":")))])
        eventually(lambda: self.routes("present") == {here.session: self.number(self.a)}, "the session is written again", 5)
        eventually(lambda: not self.routes("past"), "the ended session goes", 5)


class Freezing(FaultTest):
    def test_a_frozen_node_comes_back_as_another_one_with_its_sessions(self):
        c = self.third()
        before = self.number(c)
        sender, sleeper = self.client(self.a, "waker", capabilities=wire.RECEIPTS), self.client(c, "sleeper", capabilities=wire.ACKS)
        eventually(lambda: self.routes("sleeper") == {sleeper.session: before}, "the route", 2)
        c.process.send_signal(19)
        try:
            time.sleep(self.session_timeout_ms / 1000 + 1)
            seconds, code = self.try_once(sender, "sleeper", 1)
            self.assertEqual(code, wire.UNAVAILABLE)
            self.assertLess(seconds, 0.5)
            eventually(lambda: not self.routes("sleeper"), "the frozen node's fields go", 5)
        finally:
            c.process.send_signal(18)
        now = eventually(lambda: self.number(c) not in (None, before) and self.number(c), "it registers anew", 10)
        eventually(lambda: self.routes("sleeper") == {sleeper.session: now}, "its sessions stand under the new number", 5)

        def arrives():
            # It has to hear the others for a second before it is sure that the device did not get this elsewhere.
            sender.send(wire.chat("sleeper", "good morning", 2, 2))
            return not sleeper.is_silent(0.3)

        eventually(arrives, "a message", 5)
        got = sleeper.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual(got["content"], "good morning")
        sleeper.send(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": [got["server_id"]]}))
        eventually(lambda: not sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"].get("code", 0), "success")
        self.assertTrue(sleeper.is_silent(0.3))

    def test_what_a_client_sent_to_a_frozen_node_before_it_went_elsewhere_is_not_sent_again_from_there(self):
        c = self.third()
        name = c.config["node"]["name"]
        reader, stale = self.client(self.a, "reader"), c.client("impatient", capabilities=wire.RECEIPTS)
        # Longer than a node may have been silent by chance: what concerns those who were there before is never held back.
        time.sleep(2.5)
        c.process.send_signal(19)
        eventually(c.is_stopped, "the node stands still")
        try:
            stale.send(wire.chat("reader", "once", 1, 1))
            stale.close()
            eventually(lambda: name not in self.members(self.a), "the frozen node is gone", self.session_timeout_ms / 1000 + 1)
            again = self.client(self.b, "impatient", capabilities=wire.RECEIPTS)
            self.assertEqual(self.try_once(again, "reader", 1)[1], 0)
            self.assertEqual(reader.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "1")
        finally:
            c.process.send_signal(18)
        eventually(lambda: self.members(self.a).get(name, {}).get("link") == "linked", "the node is back", 10)
        self.assertTrue(reader.is_silent(1))

    def test_a_session_that_left_a_frozen_node_gets_nothing_there(self):
        c = self.third()
        sender, old = self.client(self.a, "caller", capabilities=wire.RECEIPTS), self.client(c, "mover")
        # Longer than a node may have been silent by chance: what concerns those who were there before is never held back.
        time.sleep(2.5)
        c.process.send_signal(19)
        try:
            name = c.config["node"]["name"]
            eventually(lambda: name not in self.members(self.a), "the frozen node is gone", self.session_timeout_ms / 1000 + 1)
            new = self.client(self.b, "mover")
            time.sleep(0.3)
            self.assertEqual(self.try_once(sender, "mover", 1)[1], 0)
            self.assertEqual(new.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "1")
        finally:
            c.process.send_signal(18)
        eventually(lambda: self.members(self.a).get(name, {}).get("link") == "linked", "the node is back", 10)
        # The same device is logged in at its new place; what the old node still holds of it must not take that away.
        time.sleep(0.5)
        self.assertLess(new.beat(), 1)
        self.assertEqual(self.try_once(sender, "mover", 2)[1], 0)
        self.assertEqual(new.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "2")
        try:
            while True:
                self.assertNotEqual(old.receive(timeout=0.3).get("messageRequest", {}).get("content"), "1")
        except (Closed, TimeoutError):
            pass


class Races(FaultTest):
    def test_a_session_moved_in_a_reconnect_race_is_never_kicked_or_routed_wrongly(self):
        c = self.third()
        nodes, chance = [self.a, self.b, c], random.Random(5)
        sender = self.client(self.a, "follower", capabilities=wire.RECEIPTS)
        movers = {f"racer-{n}": (self.b.client(f"racer-{n}"), self.b) for n in range(20)}
        number = 0
        for _ in range(-(-RACES // len(movers))):
            for uid, (old, at) in movers.items():
                node = chance.choice(nodes)
                early = chance.random() < 0.5
                if early:
                    old.close()
                movers[uid] = (node.client(uid), node)
                if not early:
                    if chance.random() < 0.5:
                        time.sleep(chance.random() * 0.005)
                    old.close()
                # One in the midst of the move, to wherever; it is answered one way or the other.
                number += 1
                sender.send(wire.chat(uid, "where?", number, number))
                self.assertEqual(sender.receive_until(wire.MESSAGE_RESPONSE, 15)["sequence"], number)
            time.sleep(0.2)
            for uid, (client, node) in movers.items():
                number += 1
                _, code = self.try_once(sender, uid, number)
                self.assertEqual(code, 0, f"{uid} at {node.config['node']['name']}, {self.routes(uid)}")
                contents = []
                while not contents or contents[-1] != str(number):
                    contents.append(client.receive(wire.MESSAGE_REQUEST, 3)["messageRequest"]["content"])
                self.assertLessEqual(len(contents), 2, contents)
                self.assertLess(client.beat(), 1)
        for client, _ in movers.values():
            client.close()


class Ports(FaultTest):
    def assert_closed_without_a_word_of_use(self, port, data):
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.settimeout(8)
            connection.sendall(data)
            answer = b""
            try:
                while more := connection.recv(4096):
                    answer += more
            except ConnectionError:
                pass
        self.assertNotIn(b"Success", answer)
        return answer

    def test_a_clients_frame_on_the_peer_port_gets_nowhere(self):
        port = self.a.ports["peer"]
        login = wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "smuggler", "deviceId": "d0", "token": "t"})
        self.assert_closed_without_a_word_of_use(port, login)
        self.assertEqual(self.routes("smuggler"), {})
        self.assertEqual(self.a.json("/v1/sessions?user=smuggler")[1].get("sessions", []), [])

    def test_a_record_without_proof_gets_nowhere(self):
        port = self.a.ports["peer"]
        victim = self.client(self.a, "target")
        frame = wire.chat("target", "forged", 1, 1)
        record = bytes([1, 0]) + len(b"target").to_bytes(2, "big") + bytes(8) + b"target" + frame
        self.assert_closed_without_a_word_of_use(port, wire.frame(record, version=0x0101))
        self.assertTrue(victim.is_silent(0.3))

    def test_a_peers_frame_on_the_client_port_gets_nowhere(self):
        before = self.a.metric("hpush_connections_closed_total")
        hello = bytes([200]) + bytes(4) + bytes(8) + bytes(32)
        self.assertEqual(self.assert_closed_without_a_word_of_use(self.a.ports["chat"], wire.frame(hello, version=0x0101)), b"")
        self.a.await_metric("hpush_connections_closed_total", before + 1)

    def test_two_processes_cannot_share_a_data_directory(self):
        other = Node(self.cluster.configuration("thief", node={"name": "thief", "data_dir": str(self.a.folder / "data")}))
        self.addCleanup(other.remove)
        done = subprocess.run([BINARY, "serve", "--config", other.file], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.a.folder / "data"), done.stderr)
        self.assertEqual(len(self.members(self.a)), 2)


class GateAlone:
    """`hpush gate` with a configuration."""

    def __init__(self, configuration):
        self.holder = Node(configuration)
        self.log = self.holder.folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [BINARY, "gate", "--config", self.holder.file], stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True)
        lines = queue.SimpleQueue()
        threading.Thread(target=lambda: [lines.put(line) for line in self.process.stdout], daemon=True).start()
        while (line := lines.get(timeout=20)).strip() != "ready":
            self.holder.ports["gate"] = int(line.rsplit(":", 1)[1].split()[0].strip("/"))

    def remove(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.holder.remove()


class Gates(FaultTest):
    # So long that a frozen node is still registered when it is left out.
    session_timeout_ms = 20_000
    options = {"gate": {"enabled": True, "host": "127.0.0.1", "port": 0, "token_secret": "a secret of the gate in tests, long enough"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        configuration = cls.cluster.configuration("gate")
        configuration["gate"] = cls.options["gate"]
        configuration["tracing"] = {"sample": 1, "file": "./spans.json"}
        cls.alone = GateAlone(configuration)
        cls.addClassCleanup(cls.alone.remove)

    def offers(self, count=20):
        """The chat ports that the gate in `serve` and the one alone send newcomers to."""
        ports = set()
        for gate in (self.a, self.alone.holder):
            for _ in range(count):
                status, answer = gate.json("/user/getImNode", port="gate")
                self.assertEqual(status, 200)
                ports.add(answer["imNode"]["port"])
        return ports

    def test_newcomers_go_to_the_least_loaded_node(self):
        for n in range(60):
            self.client(self.a, f"crowd-{n}")
        # The crowd shows in the balance within a second; whom a gate has sent somewhere counts there for five.
        time.sleep(6)
        for gate in (self.a, self.alone.holder):
            offered = {gate.json("/user/getImNode", port="gate")[1]["imNode"]["port"] for _ in range(5)}
            self.assertEqual(offered, {self.b.ports["chat"]})

    def test_a_hangup_ends_no_gate(self):
        self.alone.process.send_signal(signal.SIGHUP)
        eventually(lambda: "SIGHUP: there is nothing to reload" in self.alone.log.read_text(), "a line in the log")
        self.assertEqual(self.alone.holder.http("/healthz", port="gate")[0], 200)
        self.assertIsNone(self.alone.process.poll())

    def test_a_gate_alone_traces_its_requests(self):
        self.assertEqual(self.alone.holder.http("/user/login/secret-name/secret-word", port="gate")[0], 200)
        file = self.alone.holder.folder / "spans.json"

        def traced():
            found = [span for line in file.read_text().splitlines() for span in spans(json.loads(line))] if file.exists() else []
            return next((span for span in found if span["name"] == "GET /user/login/*/*"), None)
        span = eventually(traced, "the request's span")
        self.assertEqual((span["kind"], span["attributes"]["http.response.status_code"]), (2, "200"))
        self.assertNotIn("secret", file.read_text())
        self.assertRegex(self.alone.holder.http("/metrics", port="gate")[1], r'hpush_trace_spans_total\{result="exported"\} [1-9]')

    def test_a_node_that_drains_is_out_of_the_list(self):
        self.options["chat"] = {"drain_per_second": 1, "drain_seconds": 6}
        try:
            c = self.third()
        finally:
            del self.options["chat"]
        for n in range(4):
            self.client(c, f"last-{n}")
        c.process.send_signal(15)
        for gate in (self.a, self.alone.holder):
            eventually(lambda: c.ports["chat"] not in {gate.json("/user/getImNode", port="gate")[1]["imNode"]["port"] for _ in range(10)},
                       "the draining node is left out", 1.5)
        self.assertIsNone(c.process.poll())
        self.assertNotIn(c.ports["chat"], self.offers())
        with self.assertRaises((ConnectionError, OSError)):
            Client(c.ports["chat"]).login("newcomer")
        self.assertEqual(c.process.wait(20), 0)

    def test_a_silent_node_is_out_of_the_list(self):
        c = self.third()
        for n in range(5):
            self.client(self.a, f"here-{n}")
            self.client(self.b, f"there-{n}")
        eventually(lambda: c.ports["chat"] in self.offers(), "the empty node is offered", 5)
        c.process.send_signal(19)
        try:
            eventually(lambda: c.ports["chat"] not in self.offers(), "the frozen node is left out", 9)
            self.assertIn(c.config["node"]["name"], self.members(self.a), "it is still registered")
        finally:
            c.process.send_signal(18)
        eventually(lambda: c.ports["chat"] in self.offers(), "it is offered again", 5)


del FaultTest
