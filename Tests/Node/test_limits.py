"""Limits of those who are not let in yet, or not any more: failed logins of a user, frames before login, memory, addresses."""

import json
import re
import time

import websocket
import wire
from case import NodeTest
from client import Client, Closed
from node import run_command

CLOSED = "hpush_connections_closed_total"
LIMITED = "hpush_logins_limited_total"


class LimitTest(NodeTest):
    def source_client(self, source):
        client = Client(self.node.ports["chat"], source=source)
        self.addCleanup(client.close)
        return client

    def try_login(self, source, uid, token):
        return self.source_client(source).login(uid, token=token)


class FailedLoginsOfAUser(LimitTest):
    config = {
        "limits": {"failed_logins_per_user": 3, "failed_logins_per_minute": 0},
        "gate": {"enabled": True, "host": "127.0.0.1", "port": 0}}
    pipeline = [{"login": {"mode": "password"}}, "chat_redirect"]

    @classmethod
    def prepare(cls):
        for name in ("amy", "bob", "eve"):
            done = run_command("user", "add", name, "--password", "pw", "--config", cls.node.file)
            assert done.returncode == 0, done.stderr

    def attack(self, uid, limit=12):
        """Guesses from a new address each time until the node says that it is too much."""
        for number in range(limit):
            answer = self.try_login(f"127.0.1.{number + 1}", uid, "guess")
            if answer["code"] == wire.TOO_MANY:
                return answer
            self.assertEqual(answer["code"], wire.LOGIN_FAILED)
        raise AssertionError(f"{limit} guesses, and none was held back")

    def test_guesses_from_many_addresses_wait_and_the_user_hardly_does(self):
        here = self.source_client("127.0.2.1")
        self.assertTrue(here.login("amy", token="pw").get("result"))
        before = self.node.metric(LIMITED, limit="user")
        answer = self.attack("amy")
        seconds = int(re.search(r"in (\d+) s$", answer["info"])[1])
        self.assertLessEqual(seconds, 30)
        self.assertGreater(self.node.metric(LIMITED, limit="user"), before)
        # The session that is there is not concerned, and neither is the place it came from, nor another user.
        here.beat()
        self.assertTrue(self.try_login("127.0.2.1", "amy", "pw").get("result"))
        self.assertTrue(self.try_login("127.0.1.1", "bob", "pw").get("result"))
        # From a new place the user gets in after the time that was told.
        deadline = time.monotonic() + seconds + 15
        while True:
            answer = self.try_login("127.0.2.9", "amy", "pw")
            if answer.get("result"):
                break
            self.assertEqual(answer["code"], wire.TOO_MANY)
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_the_gate_counts_with_the_node_and_its_tokens_do_not_wait(self):
        status, text = self.node.http("/v1/login", method="POST", body={"user": "eve", "password": "pw"}, port="gate")
        self.assertEqual(status, 200)
        token = json.loads(text)["token"]
        # The first waits are short: on a slow machine one may be over before the next login.
        for number in range(1, 6):
            self.attack("eve")
            if self.try_login(f"127.0.3.{number}", "eve", "pw").get("code") == wire.TOO_MANY:
                break
        else:
            self.fail("nobody is held back")
        # 127.0.0.1 is where the gate let her in.
        self.assertEqual(self.node.http("/v1/login", method="POST", body={"user": "eve", "password": "pw"}, port="gate")[0], 200)
        self.assertTrue(self.try_login("127.0.4.1", "eve", token).get("result"))
        for _ in range(5):
            self.attack("nobody")
            status, text = self.node.http("/v1/login", method="POST", body={"user": "nobody", "password": "x"}, port="gate")
            if status == 429:
                break
        self.assertEqual((status, json.loads(text)["error"]["code"]), (429, "too_many_requests"))
        self.assertIn('result="user_limited"} 1', self.node.http("/metrics", port="gate")[1])


class BeforeLogin(LimitTest):
    config = {
        "limits": {"frames_before_login": 5},
        "websocket": {"enabled": True, "host": "127.0.0.1", "port": 0}}

    def test_a_connection_that_sends_much_and_does_not_log_in_is_closed(self):
        for name, frame in ("heartbeats", wire.heartbeat(1)), ("messages", wire.chat("x", "y")):
            with self.subTest(name):
                client = self.client()
                before = self.node.metric(CLOSED, reason="before_login")
                client.send(frame * 5)
                for _ in range(5):
                    client.receive()
                client.send(frame)
                client.wait_closed()
                self.node.await_metric(CLOSED, before + 1, reason="before_login")

    def test_what_comes_after_the_login_does_not_count(self):
        client = self.client()
        for _ in range(5):
            client.beat()
        self.assertTrue(client.login("late").get("result"))
        for _ in range(20):
            client.beat()

    def test_websocket_pings_and_parts_count(self):
        for kind in (websocket.PING, websocket.PONG):
            client = websocket.WebSocketClient(self.node.ports["websocket"])
            self.addCleanup(client.close)
            client.send_raw(websocket.frame(kind) * 6)
            self.assertEqual(client.close_code(), 1008)
        client = websocket.WebSocketClient(self.node.ports["websocket"])
        self.addCleanup(client.close)
        client.send_raw(websocket.frame(websocket.BINARY, b"x", final=False) + websocket.frame(websocket.CONTINUATION, final=False) * 5)
        self.assertEqual(client.close_code(), 1008)
        client = websocket.WebSocketClient(self.node.ports["websocket"])
        self.addCleanup(client.close)
        self.assertTrue(client.login("web").get("result"))
        for _ in range(20):
            client.send_raw(websocket.frame(websocket.PING, b"x"))
            self.assertEqual(client.receive_raw(), (websocket.PONG, b"x"))

    def test_large_frames_that_do_not_end_take_little_memory(self):
        before = self.node.resident_bytes()
        user = self.client("user")
        clients = []
        half = wire.frame(b"x" * 900_000)[:800_000]
        for _ in range(100):
            client = self.client()
            try:
                client.send(half)
            except ConnectionError:
                pass
            clients.append(client)
        self.node.await_metric(CLOSED, 70, reason="before_login")
        self.assertLess(self.node.resident_bytes() - before, 64 << 20)
        user.beat()
        # A large frame after the login is what it was.
        user.send(wire.chat("user", "y" * 900_000))
        self.assertEqual(len(user.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"]), 900_000)


class Address(LimitTest):
    config = {"limits": {"connections_per_address": 2}}

    def test_one_more_is_closed_and_counted_and_others_are_not_concerned(self):
        one, two = self.source_client("127.0.4.1"), self.source_client("127.0.4.1")
        one.login("a"), two.login("b")
        self.source_client("127.0.4.1").wait_closed()
        self.node.await_metric(CLOSED, 1, reason="address_limit")
        self.assertTrue(self.source_client("127.0.4.2").login("c").get("result"))
        one.close()
        deadline = time.monotonic() + 5
        while True:
            try:
                if self.source_client("127.0.4.1").login("d").get("result"):
                    break
            except (Closed, ConnectionError):
                self.assertLess(time.monotonic(), deadline, "no place fell free")


class Memory(LimitTest):
    config = {"gate": {"enabled": True, "host": "127.0.0.1", "port": 0}}
    ROOM = 64

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Once more, with a limit a little above what it takes by itself.
        cls.limit = (cls.node.resident_bytes() >> 20) + cls.ROOM
        assert cls.node.stop() == 0
        cls.node.start("--set", f"limits.memory_mb={cls.limit}")

    def await_ready(self, ready, timeout=30):
        deadline = time.monotonic() + timeout
        while (self.node.http("/readyz")[0] == 200) != ready:
            self.assertLess(time.monotonic(), deadline, f"{self.node.resident_bytes() >> 20} of {self.limit} MiB resident")
            time.sleep(0.05)

    def test_nobody_is_let_in_while_the_memory_is_used_up_and_who_is_there_stays(self):
        user = self.client("user")
        # Frames that do not end are kept; of those who are logged in, too.
        half = wire.frame(b"x" * 1_000_000)[:-1]
        hogs = []
        for number in range(2 * self.ROOM):
            hogs.append(self.client())
            if not hogs[-1].login(f"hog{number}").get("result"):
                break
            hogs[-1].send(half)
        self.await_ready(False)
        self.assertEqual(self.client().login("newcomer")["code"], wire.UNAVAILABLE)
        user.beat()
        user.send(wire.chat("user", "still here"))
        self.assertEqual(user.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "still here")
        status = self.node.json("/v1/status")[1]
        self.assertEqual((status["state"], status["memory_limit_bytes"]), ("full", self.limit << 20))
        self.assertEqual(self.node.metric("hpush_ready"), 0)
        self.assertGreaterEqual(self.node.metric(LIMITED, limit="memory"), 1)
        self.assertEqual(self.node.http("/user/getImNode", port="gate")[0], 404)
        self.assertEqual(self.node.http("/v1/login", method="POST", body={"user": "x", "password": "y"}, port="gate")[0], 503)
        shown = run_command("status", "--config", self.node.file)
        self.assertIn("logins are refused", shown.stdout)
        for hog in hogs:
            hog.close()
        self.await_ready(True)
        self.assertTrue(self.client().login("newcomer").get("result"))
        self.assertEqual(self.node.log_text().count("memory is used up"), 1)
        self.assertEqual(self.node.log_text().count("memory is free again"), 1)
