"""The gate in a node: where to connect, tokens for passwords, limits; hpush chat through it; a gate alone."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import pathlib
import socket
import subprocess
import time
import unittest
import urllib.parse

import wire
from case import NodeTest
from node import BINARY, OPEN_PIPELINE, Node, run_command

GATE = {"gate": {"enabled": True, "host": "127.0.0.1", "port": 0}}
PASSWORD_PIPELINE = [{"login": {"mode": "password"}}, "chat_redirect"]


class GateTest(NodeTest):
    config = GATE

    def ask(self, path, **options):
        status, text = self.node.http(path, port="gate", **options)
        return status, json.loads(text)

    def login(self, user, password):
        return self.ask("/v1/login", method="POST", body={"user": user, "password": password})


def part(token, index):
    piece = token.split(".")[index]
    return base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))


class Open(GateTest):
    def test_the_node_is_told_as_the_java_gate_tells_it(self):
        self.client("here")
        self.node.await_metric("hpush_sessions", 1)
        status, answer = self.ask("/user/getImNode")
        self.assertEqual(status, 200)
        node = answer["imNode"]
        self.assertEqual((node["id"], node["host"], node["port"]), (0, "127.0.0.1", self.node.ports["chat"]))
        self.assertGreaterEqual(node["balance"], 1)
        self.assertEqual((node["tls"], node["websocketTLS"]), (False, False))
        self.assertEqual(self.ask("/v1/nodes")[1]["nodes"][0]["name"], "test")
        self.assertEqual(self.ask("/healthz"), (200, {"status": "ok"}))

    def test_anybody_gets_a_token_in_mode_open(self):
        status, answer = self.login("anybody", "")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(part(answer["token"], 1))["sub"], "anybody")
        self.assertEqual(answer["node"]["port"], self.node.ports["chat"])
        self.assertEqual(self.ask("/v1/login", method="POST", body={"user": "no-password"})[0], 200)

    def test_the_token_is_a_jwt_signed_with_the_secret_of_the_data_directory(self):
        token = self.login("amy", "x")[1]["token"]
        secret = (self.node.folder / "data/token_secret").read_text().strip().encode()
        head, claims, signature = token.split(".")
        self.assertEqual(json.loads(part(token, 0))["alg"], "HS256")
        expected = hmac.new(secret, f"{head}.{claims}".encode(), hashlib.sha256).digest()
        self.assertEqual(part(token, 2), expected, signature)
        self.assertAlmostEqual(json.loads(part(token, 1))["exp"], time.time() + 3600, delta=60)

    def test_wrong_requests_are_answered_as_json(self):
        for path, options, status, code in (
            ("/v1/login", {"method": "GET"}, 405, "method_not_allowed"),
            ("/v1/login", {"method": "POST", "body": b"{"}, 400, "bad_request"),
            ("/v1/login", {"method": "POST", "body": {"password": "x"}}, 400, "bad_request"),
            ("/v1/login", {"method": "POST", "body": {"user": ""}}, 400, "bad_request"),
            ("/v1/login", {"method": "POST", "body": {"user": "x" * 256}}, 400, "bad_request"),
            ("/v1/login", {"method": "POST", "body": b" " * 100_000}, 413, "too_large"),
            ("/v1/status", {}, 404, "not_found"),
            ("/user/login/onlyname", {}, 404, "not_found"),
        ):
            with self.subTest(path, **options):
                found, answer = self.ask(path, **options)
                self.assertEqual((found, answer["error"]["code"]), (status, code))
                self.assertTrue(answer["error"]["message"])

    def test_what_is_no_http_is_answered_as_json_too(self):
        for sent, status, code in (
            (b"FOO /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_request"),
            (b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", 505, "bad_version"),
            (b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "bad_request"),
            (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000 + b"\r\n\r\n", 431, "head_too_large"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), 400, "bad_request"),
        ):
            with self.subTest(sent[:30]), socket.create_connection(("127.0.0.1", self.node.ports["gate"]), 10) as connection:
                connection.sendall(sent)
                answer = b""
                while data := connection.recv(4096):
                    answer += data
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertRegex(head, b"^HTTP/1.1 %d " % status)
                self.assertIn(b"Content-Type: application/json", head)
                self.assertEqual(json.loads(body)["error"]["code"], code)

    def test_heads_that_are_too_long_get_nowhere(self):
        for head in (b"X-Long: " + b"a" * 100_000, b"\r\n".join(b"X-%d: a" % n for n in range(2000))):
            with self.subTest(head[:20]), socket.create_connection(("127.0.0.1", self.node.ports["gate"]), 10) as connection:
                try:
                    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
                    answer = connection.recv(4096)
                except ConnectionError:
                    continue
                self.assertNotIn(b" 200 ", answer)

    def test_a_request_that_drips_in_is_cut_off(self):
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.node.ports["gate"]), 30) as slow, \
                socket.create_connection(("127.0.0.1", self.node.ports["gate"]), 30) as silent:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Drip: ")
            slow.settimeout(0.5)
            while time.monotonic() - started < 20:
                try:
                    slow.sendall(b"a")
                    if slow.recv(100) == b"":
                        break
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
            self.assertLess(time.monotonic() - started, 15)
            self.assertEqual(silent.recv(100), b"")
            self.assertLess(time.monotonic() - started, 15)

    def test_metrics(self):
        self.login("counted", "x")
        text = self.node.http("/metrics", port="gate")[1]
        self.assertRegex(text, r'hpush_gate_logins_total\{result="accepted"\} [1-9]')
        self.assertIn('hpush_gate_nodes{state="ready"} 1', text)
        # Names and passwords of old clients stand in paths.
        self.ask("/user/login/metric-name/metric-password")
        text = self.node.http("/metrics", port="gate")[1]
        self.assertIn('route="/user/login/*/*"', text)
        self.assertNotIn("metric-password", text + self.node.log_text())

    def test_chat_through_the_gate(self):
        other = self.client("other")
        chat = subprocess.run(
            [BINARY, "chat", "--gate", f"http://127.0.0.1:{self.node.ports['gate']}", "--user", "via-gate", "--password", "any"],
            input="/msg other hello\n", capture_output=True, text=True, timeout=20)
        self.assertEqual(chat.returncode, 0, chat.stderr)
        got = other.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual((got["from"], got["content"]), ("via-gate", "hello"))


class Wildcard(GateTest):
    config = {"gate": {**GATE["gate"], "host": "0.0.0.0"}, "chat": {"host": "0.0.0.0"}}

    def test_a_node_on_every_address_is_named_as_the_gate_was(self):
        self.assertEqual(self.ask("/user/getImNode")[1]["imNode"]["host"], "127.0.0.1")
        self.assertEqual(self.ask("/user/getImNode", headers={"Host": "chat.example:80"})[1]["imNode"]["host"], "chat.example")


class Advertised(GateTest):
    config = {**GATE, "node": {"advertise": "node-7.example"}}

    def test_the_advertised_address_is_told(self):
        self.assertEqual(self.ask("/user/getImNode")[1]["imNode"]["host"], "node-7.example")


class Passwords(GateTest):
    config = {**GATE, "limits": {"failed_logins_per_minute": 0}}
    pipeline = PASSWORD_PIPELINE

    @classmethod
    def prepare(cls):
        for user, password in (("cat", "a/b%c?d#e"), ("amy", "secret of amy"), ("bob", "secret of bob")):
            done = run_command("user", "add", user, "--password", password, "--config", cls.node.file)
            assert done.returncode == 0, done.stderr

    def test_a_token_for_the_password_logs_in_at_the_node(self):
        status, answer = self.login("amy", "secret of amy")
        self.assertEqual(status, 200)
        client = self.client()
        self.assertTrue(client.login("amy", token=answer["token"]).get("result"))
        # Of amy alone.
        self.assertFalse(self.client().login("bob", token=answer["token"]).get("result"))

    def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(self):
        wrong = self.login("amy", "secret of bob")
        self.assertEqual((wrong[0], wrong[1]["error"]["code"]), (401, "login_failed"))
        self.assertEqual(self.login("nobody", "x"), wrong)
        self.assertEqual(self.login("amy", ""), wrong)

    def test_old_clients_log_in_by_path(self):
        status, answer = self.ask("/user/login/amy/secret%20of%20amy")
        self.assertEqual(status, 200)
        self.assertEqual(answer["imNodeList"][0], answer["imNode"])
        self.assertTrue(self.client().login("amy", token=answer["token"]).get("result"))
        self.assertEqual(self.ask("/user/login/amy/wrong")[0], 401)
        self.assertEqual(self.ask("/user/login/cat/" + urllib.parse.quote("a/b%c?d#e", safe=""))[0], 200)

    def test_chat_through_the_gate_asks_for_the_password(self):
        arguments = ["chat", "--gate", f"127.0.0.1:{self.node.ports['gate']}", "--user", "bob", "--password"]
        self.assertEqual(run_command(*arguments, "secret of bob").returncode, 0)
        refused = run_command(*arguments, "wrong")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("wrong user or password", refused.stderr)


class TokensOnly(GateTest):
    config = {**GATE, "gate": {**GATE["gate"], "token_secret": "a secret that a company's own login shares"}}
    pipeline = [{"login": {"mode": "jwt"}}, "chat_redirect"]

    @classmethod
    def prepare(cls):
        assert run_command("user", "add", "amy", "--password", "pw", "--config", cls.node.file).returncode == 0

    def test_the_gate_gives_a_token_for_a_password_and_the_node_takes_nothing_else(self):
        self.assertEqual(self.login("amy", "wrong")[0], 401)
        token = self.login("amy", "pw")[1]["token"]
        self.assertTrue(self.client().login("amy", token=token).get("result"))
        self.assertFalse(self.client().login("amy", token="pw").get("result"))


class LimitedTest(GateTest):
    config = {**GATE, "limits": {"failed_logins_per_minute": 3}}
    pipeline = PASSWORD_PIPELINE

    @classmethod
    def prepare(cls):
        assert run_command("user", "add", "amy", "--password", "pw", "--config", cls.node.file).returncode == 0


class Limited(LimitedTest):
    def test_only_failed_logins_count_and_the_node_counts_with_the_gate(self):
        # Counted by the minute: not across its end.
        if time.monotonic() % 60 > 50:
            time.sleep(60 - time.monotonic() % 60)
        for _ in range(6):
            self.assertEqual(self.login("amy", "pw")[0], 200)
        for _ in range(2):
            self.assertEqual(self.login("amy", "wrong")[0], 401)
        self.assertFalse(self.client().login("amy", token="wrong").get("result"))
        status, answer = self.login("amy", "pw")
        self.assertEqual((status, answer["error"]["code"]), (429, "too_many_requests"))
        self.assertEqual(self.ask("/user/login/amy/pw")[0], 429)
        # Asking for a node is no login.
        self.assertEqual(self.ask("/user/getImNode")[0], 200)
        self.assertEqual(self.client().login("amy", token="pw").get("code"), wire.TOO_MANY)


class Flooded(LimitedTest):
    def test_a_flood_of_logins_is_answered_and_the_node_serves(self):
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            statuses = set(pool.map(lambda n: self.login(f"nobody{n}", "wrong")[0], range(200)))
        self.assertLessEqual(statuses, {401, 429, 503})
        self.assertIn(429, statuses)
        self.assertEqual(self.ask("/healthz")[0], 200)


class Process(unittest.TestCase):
    def test_a_port_that_is_taken_is_named(self):
        first = Node(GATE).start()
        self.addCleanup(first.remove)
        second = Node({"gate": {**GATE["gate"], "port": first.ports["gate"]}})
        self.addCleanup(second.remove)
        done = run_command("serve", "--config", second.file)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr, f"hpush: gate listener on 127.0.0.1:{first.ports['gate']}: Address already in use\n")
        self.assertEqual(first.stop(), 0)

    def test_a_gate_alone_says_what_it_needs(self):
        node = Node(GATE)
        self.addCleanup(node.remove)
        done = run_command("gate", "--config", node.file)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("hpush serve", done.stderr)
        cluster = pathlib.Path(node.folder, "cluster.yaml")
        cluster.write_text(json.dumps({
            "node": {"advertise": "127.0.0.1"}, "gate": {"token_secret": "s"}, "store": {"driver": "mysql"},
            "cluster": {"mode": "zookeeper", "peer": {"secret": "s"}}, "plugins": {"pipeline": OPEN_PIPELINE}}))
        done = run_command("gate", "--config", cluster)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("mysql", done.stderr)


if __name__ == "__main__":
    unittest.main()
