"""TLS on the chat port, WebSocket, gate and admin listener, as clients and attackers see it."""

import json
import os
import resource
import signal
import socket
import ssl
import struct
import subprocess
import time
import unittest

import wire
from case import NodeTest
from certificates import Certificates, greeting
from client import Client, Closed
from cluster import eventually
from node import BINARY, Node, run_command
from websocket import WebSocketClient


class TLSTest(NodeTest):
    """A node with TLS on chat, WebSocket and gate; its admin listener is plain, for the metrics."""

    extra = {}

    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.remove)
        cls.config = {
            "websocket": {"enabled": True, "host": "127.0.0.1", "port": 0},
            "gate": {"enabled": True, "host": "127.0.0.1", "port": 0},
            "tls": cls.certificates.section(chat=True, websocket=True, gate=True, **cls.extra)}
        super().setUpClass()

    def secure(self, uid=None, device="d0", context=None, receive_buffer=None, **login):
        client = Client(self.node.ports["chat"], secure=context or self.certificates.trust(), receive_buffer=receive_buffer)
        self.addCleanup(client.close)
        if uid is not None:
            answer = client.login(uid, device, **login)
            self.assertTrue(answer.get("result"), answer)
        return client

    def web(self, uid, **options):
        client = WebSocketClient(self.node.ports["websocket"], secure=self.certificates.trust(), **options)
        self.addCleanup(client.close)
        self.assertTrue(client.login(uid, "w0").get("result"))
        return client

    def plain(self, port="chat"):
        connection = socket.create_connection(("127.0.0.1", self.node.ports[port]), 10)
        self.addCleanup(connection.close)
        return connection

    def s_client(self, *options, port="chat", text=""):
        """(exit code, what it says) of `openssl s_client`."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.node.ports[port]}", "-CAfile", self.certificates.path("ca.pem"),
             *options],
            input=text, capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def handshakes(self, result, door="chat"):
        return self.node.metric("hpush_tls_handshakes_total", door=door, result=result)

    def await_handshakes(self, result, at_least, door="chat"):
        self.node.await_metric("hpush_tls_handshakes_total", at_least, door=door, result=result)

    def assert_alive(self):
        with Client(self.node.ports["chat"], secure=self.certificates.trust()) as client:
            self.assertTrue(client.login("somebody-else")["result"])
            self.assertLess(client.beat(), 1)


def ended(connection, timeout=10):
    """What a raw connection still gives before its end."""
    connection.settimeout(timeout)
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
    except ConnectionError:
        pass
    return data


class ChatTest(TLSTest):
    def test_both_ways_by_tcp_and_websocket(self):
        one, two, web = self.secure("tom"), self.secure("tia"), self.web("wes")
        one.send(wire.chat("tia", "你好 👋"))
        self.assertEqual(two.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "你好 👋")
        two.send(wire.chat("wes", "to the web"))
        self.assertEqual(web.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "to the web")
        web.send(wire.chat("tom", "from the web"))
        got = one.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual((got["from"], got["content"]), ("wes", "from the web"))

    def test_many_in_order(self):
        one, two, web = self.secure("order1"), self.secure("order2"), self.web("order3")
        for name, reader in (("order2", two), ("order3", web)):
            one.send(b"".join(wire.chat(name, str(n)) for n in range(2000)))
            self.assertEqual([reader.receive()["messageRequest"]["content"] for _ in range(2000)], [str(n) for n in range(2000)])

    def test_all_lengths_arrive_whole(self):
        one, two, web = self.secure("long1"), self.secure("long2"), self.web("long3")
        for size in (0, 1, 100, 16_300, 16_384, 16_500, 33_000, 65_536, 70_000, 500_000, 1_000_000):
            text = os.urandom(size // 2 + 1).hex()[:size]
            for name, reader in (("long2", two), ("long3", web)):
                one.send(wire.chat(name, text))
                self.assertEqual(reader.receive()["messageRequest"].get("content", ""), text)
        web.send(wire.chat("long1", text))
        self.assertEqual(one.receive()["messageRequest"]["content"], text)

    def test_a_logout_ends_with_a_goodbye(self):
        client = self.secure("leaver")
        client.socket.suppress_ragged_eofs = False
        client.ask(wire.message(wire.LOGOUT_REQUEST, 9), wire.LOGOUT_RESPONSE)
        with self.assertRaises(Closed):
            client.receive_frame()

    def test_the_gate_and_its_page_speak_https(self):
        trust = self.certificates.trust()
        self.assertEqual(self.node.http("/healthz", port="gate", secure=trust)[0], 200)
        status, answer = self.node.json("/user/getImNode", port="gate", secure=trust)
        node = answer["imNode"]
        self.assertEqual((status, node["port"], node["tls"], node["websocketTLS"]), (200, self.node.ports["chat"], True, True))
        with self.assertRaises(OSError):
            self.node.http("/healthz", port="gate", secure=ssl.create_default_context())
        plain = self.plain("gate")
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertNotIn(b"200", ended(plain))
        self.await_handshakes("completed", 2, "gate")
        self.await_handshakes("not_tls", 1, "gate")

    def test_addresses_say_that_it_is_TLS(self):
        lines = "".join(self.node.lines)
        self.assertRegex(lines, r"chat listening on 127\.0\.0\.1:\d+ \(TLS\)\n")
        self.assertRegex(lines, r"websocket listening on wss://127\.0\.0\.1:\d+/ws\n")
        self.assertRegex(lines, r"gate listening on https://127\.0\.0\.1:\d+\n")
        self.assertRegex(lines, r"admin listening on http://127\.0\.0\.1:\d+\n")


class ConsoleTest(TLSTest):
    def chat(self, *options, text="/who\n"):
        return subprocess.run(
            [BINARY, "chat", *options, "--user", "console"], input=text, capture_output=True, text=True, timeout=30)

    def test_the_console_by_tls(self):
        friend = self.secure("friend")
        node = f"localhost:{self.node.ports['chat']}"
        done = self.chat("--node", node, "--tls", "--ca", self.certificates.path("ca.pem"), text="/msg friend hello\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(friend.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "hello")
        done = self.chat("--node", f"127.0.0.1:{self.node.ports['chat']}", "--tls", "--insecure", text="/msg friend again\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(friend.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "again")

    def test_the_console_by_way_of_a_gate(self):
        friend = self.secure("gated")
        gate = f"https://localhost:{self.node.ports['gate']}"
        done = self.chat("--gate", gate, "--tls", "--ca", self.certificates.path("ca.pem"), text="/msg gated hello\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(friend.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "hello")
        # The gate says that the node speaks TLS.
        done = self.chat("--gate", gate, "--ca", self.certificates.path("ca.pem"), text="/msg gated unasked\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(friend.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "unasked")

    def test_who_is_not_trusted_is_not_talked_to(self):
        done = self.chat("--node", f"localhost:{self.node.ports['chat']}", "--tls")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the certificate is not trusted", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        done = self.chat("--node", f"localhost:{self.node.ports['chat']}", "--tls", "--ca", self.certificates.path("server.key"))
        self.assertIn("server.key: expected a readable file with certificates (PEM)", done.stderr)


class ProtocolTest(TLSTest):
    """What testssl.sh looks at."""

    def test_tls_13_is_preferred_and_12_spoken(self):
        for port in ("chat", "websocket", "gate"):
            code, text = self.s_client("-brief", port=port)
            self.assertIn("Protocol version: TLSv1.3", text)
            self.assertIn("Verification: OK", text)
            code, text = self.s_client("-tls1_2", "-brief", port=port)
            self.assertIn("Protocol version: TLSv1.2", text)
            self.assertRegex(text, r"Ciphersuite: ECDHE-ECDSA-(AES\d+-GCM|CHACHA20)")

    def test_older_versions_are_refused(self):
        before = self.handshakes("version")
        for port in ("chat", "websocket", "gate"):
            for version in ("-tls1", "-tls1_1"):
                code, text = self.s_client(version, "-cipher", "ALL:@SECLEVEL=0", port=port)
                self.assertNotEqual(code, 0, text)
                self.assertIn("protocol version", text)
        self.await_handshakes("version", before + 2)

    def test_ssl_3_and_2_are_refused(self):
        # A ClientHello of SSL 3.0 with RC4 and 3DES; OpenSSL does not make one any more.
        body = b"\x03\x00" + os.urandom(32) + b"\x00" + b"\x00\x04\x00\x05\x00\x0a" + b"\x01\x00"
        hello = b"\x01" + struct.pack(">I", len(body))[1:] + body
        version2 = b"\x01\x00\x02\x00\x03\x00\x00\x00\x10\x01\x00\x80" + os.urandom(16)
        for data in (b"\x16\x03\x00" + struct.pack(">H", len(hello)) + hello, struct.pack(">H", 0x8000 | len(version2)) + version2):
            for port in ("chat", "websocket", "gate"):
                connection = self.plain(port)
                connection.sendall(data)
                answer = ended(connection)
                # Nothing, or an alert: no ServerHello.
                self.assertTrue(not answer or answer[0] == 0x15, answer)
                self.assertLess(len(answer), 20)
        self.assert_alive()

    def test_weak_ciphers_are_refused(self):
        for cipher in ("AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
                       "DHE-RSA-AES128-GCM-SHA256", "NULL", "aNULL", "CAMELLIA128-SHA", "PSK-AES128-CBC-SHA"):
            for port in ("chat", "gate"):
                code, text = self.s_client("-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0", port=port)
                self.assertNotEqual(code, 0, f"{port} takes {cipher}")

    def test_no_renegotiation_and_no_compression(self):
        for port in ("chat", "gate"):
            code, text = self.s_client("-tls1_2", port=port, text="R\n")
            self.assertIn("RENEGOTIATING", text)
            # OpenSSL says no by an alert, the gate's library by the end.
            self.assertRegex(text, "no renegotiation|unexpected eof")
            self.assertEqual(code, 1)
            self.assertIn("Compression: NONE", text)
        self.assert_alive()

    def test_a_session_can_be_resumed(self):
        trust = self.certificates.trust()
        first = self.secure("resumer", context=trust)
        first.beat()
        again = socket.create_connection(("127.0.0.1", self.node.ports["chat"]), 10)
        again = trust.wrap_socket(again, server_hostname="localhost", session=first.socket.session)
        self.addCleanup(again.close)
        self.assertTrue(again.session_reused)


class HostileTest(TLSTest):
    extra = {"handshake_seconds": 1}

    def test_slow_handshakes_are_cut_off(self):
        hello = greeting()
        silent, begun, half = self.plain(), self.plain(), self.plain()
        begun.sendall(hello)
        half.sendall(hello[:50])
        dripping = self.plain("websocket")
        started = time.monotonic()
        for byte in hello:
            try:
                dripping.sendall(bytes([byte]))
            except OSError:
                break
            if time.monotonic() - started > 5:
                break
            time.sleep(0.05)
        self.assertLess(time.monotonic() - started, 4)
        for connection in (silent, begun, half, dripping):
            ended(connection)
        self.assertLess(time.monotonic() - started, 5)
        self.await_handshakes("timeout", 3)
        self.await_handshakes("timeout", 1, "websocket")
        self.node.await_metric("hpush_connections_closed_total", 4, reason="tls_handshake")

    def test_garbage_is_harmless(self):
        for data in (b"\0" * 50, b"\xff" * 100_000, os.urandom(5000), b"\x16\x03\x01\xff\xff" + os.urandom(70_000),
                     b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + b"a" * 20_000, b"\x17\x03\x03\x00\x10" + b"b" * 16,
                     greeting() + os.urandom(1000), greeting()[:-1] + b"\0", b"GET / HTTP/1.1\r\n\r\n"):
            for port in ("chat", "websocket", "gate"):
                connection = self.plain(port)
                try:
                    connection.sendall(data)
                except OSError:
                    pass
                ended(connection, timeout=15)
        self.assert_alive()

    def test_a_plain_client_is_closed(self):
        connection = self.plain()
        connection.sendall(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "plain", "deviceId": "d", "token": "t"}))
        self.assertLess(len(ended(connection)), 20)
        self.assert_alive()

    def test_garbage_inside_a_good_connection_ends_it_alone(self):
        other = self.secure("other")
        for data in (os.urandom(200), b"\x17\x03\x03\x00\x40" + os.urandom(64), b"\x17\x03\x03\x48\x00" + os.urandom(500)):
            client = self.secure("victim")
            raw = socket.socket(fileno=os.dup(client.socket.fileno()))
            self.addCleanup(raw.close)
            raw.sendall(data)
            raw.settimeout(10)
            ended(raw)
        self.assertLess(other.beat(), 1)

    def test_a_crowd_that_only_begins(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        user = self.secure("patient")
        timeouts = self.handshakes("timeout")
        before = peak = self.node.resident_bytes()
        hello, slowest, slowest_login, crowd = greeting(), 0, 0, []
        self.addCleanup(lambda: [connection.close() for connection in crowd])
        for wave in range(15):
            for _ in range(200):
                connection = socket.create_connection(("127.0.0.1", self.node.ports["chat"]), 10)
                connection.sendall(hello)
                crowd.append(connection)
            slowest = max(slowest, user.beat())
            started = time.monotonic()
            self.secure(f"late{wave}").close()
            slowest_login = max(slowest_login, time.monotonic() - started)
            peak = max(peak, self.node.resident_bytes())
        self.assertLess(slowest, 1)
        self.assertLess(slowest_login, 5)
        # 43 KB each, if all were let begin at once.
        self.assertLess(peak - before, 80 << 20)
        self.await_handshakes("timeout", timeouts + 3000)
        self.assertLess(user.beat(), 1)


class SlowReaderTest(TLSTest):
    def test_memory_stays_when_a_reader_stops(self):
        slow = self.secure("slow", receive_buffer=4096)
        other = self.secure("bystander")
        sender = self.secure("flooder")
        before = peak = self.node.resident_bytes()
        frame = wire.chat("slow", "x" * 16_000)
        megabyte = memoryview(frame * (1_000_000 // len(frame)))
        sender.socket.setblocking(False)
        slowest, refused, deadline = 0, 0, time.monotonic() + 90
        for number in range(100):
            rest = megabyte
            while rest:
                self.assertLess(time.monotonic(), deadline, f"{number} MB taken")
                try:
                    rest = rest[sender.socket.send(rest):]
                except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                    time.sleep(0.001)
                try:
                    refused += len(sender.socket.recv(1 << 16))
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
            if number % 10 == 0:
                slowest = max(slowest, other.beat())
            peak = max(peak, self.node.resident_bytes())
        self.assertLess(peak - before, 64 << 20, "bytes the node grew")
        self.assertLess(slowest, 1)
        self.assertGreater(refused, 0)
        self.node.await_metric("hpush_connections_closed_total", 1, timeout=30, reason="slow_consumer")
        self.assert_alive()


class MutualTest(TLSTest):
    @classmethod
    def setUpClass(cls):
        cls.extra = {"mutual": {"chat": True, "gate": True}}
        super().setUpClass()

    @classmethod
    def prepare(cls):
        cls.node.config["tls"]["client_ca"] = cls.certificates.path("ca.pem")
        cls.node.file.write_text(json.dumps(cls.node.config))

    def assert_alive(self):
        self.secure("known", context=self.certificates.trust(own="client"))

    def test_only_known_clients_come_in(self):
        known = self.secure("known", context=self.certificates.trust(own="client"))
        self.assertLess(known.beat(), 1)
        for own in (None, "stranger"):
            with self.assertRaises((OSError, Closed)):
                self.secure("unknown", context=self.certificates.trust(own=own))
        self.await_handshakes("certificate", 2)
        # Its own door asks nobody.
        self.web("browser")

    def test_the_gate_asks_too(self):
        status, _ = self.node.http("/healthz", port="gate", secure=self.certificates.trust(own="client"))
        self.assertEqual(status, 200)
        for own in (None, "stranger"):
            with self.assertRaises(OSError):
                self.node.http("/healthz", port="gate", secure=self.certificates.trust(own=own))
        self.await_handshakes("certificate", 2, "gate")


class AdminTest(unittest.TestCase):
    def test_commands_use_https_where_the_configuration_says_so(self):
        certificates = Certificates()
        self.addCleanup(certificates.remove)
        section = {"admin": True, "client_ca": certificates.path("ca.pem"), "mutual": {"admin": True}}
        for name in ("server", "client"):
            node = Node({"tls": certificates.section(name, **section)})
            self.addCleanup(node.remove)
            node.start()
            done = run_command("status", "--config", node.file)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"https://127.0.0.1:{node.ports['admin']}", done.stdout)
            done = run_command("plugin", "list", "--config", node.file)
            self.assertEqual(done.returncode, 0, done.stderr)
            with self.assertRaises(OSError):
                node.http("/healthz", secure=certificates.trust())
            self.assertEqual(node.http("/healthz", secure=certificates.trust(own="client"))[0], 200)
            url = f"https://127.0.0.1:{node.ports['admin']}"
            done = run_command("status", "--admin", url)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertEqual(node.stop(), 0)


class ReloadTest(TLSTest):
    def test_renewed_certificates_are_taken_without_a_restart(self):
        certificates, ports = self.certificates, self.node.ports
        trust = certificates.trust()

        def served(port):
            with socket.create_connection(("127.0.0.1", ports[port]), 10) as raw:
                with trust.wrap_socket(raw, server_hostname="localhost") as connection:
                    return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))

        def of_file(name):
            return (certificates.folder / name).read_text()

        before = self.secure("before", context=trust)
        old = of_file("server.pem")
        for port in ("chat", "websocket", "gate"):
            self.assertEqual(served(port), old)

        # Half of a renewal: the certificate in force stays, and the log says so.
        certificates.replace("server.pem", "renewed.pem")
        self.node.process.send_signal(signal.SIGHUP)
        eventually(lambda: "belongs to another certificate; the certificate in force stays" in self.node.log_text(), "a line in the log")
        self.assertEqual(served("chat"), old)

        certificates.replace("server.key", "renewed.key")
        self.node.process.send_signal(signal.SIGHUP)
        eventually(lambda: served("chat") == of_file("renewed.pem"), "the renewed certificate")
        for port in ("websocket", "gate"):
            self.assertEqual(served(port), of_file("renewed.pem"))
        self.assertLess(before.beat(), 1)
        other = self.secure("after", context=trust)
        before.send(wire.chat("after", "still here"))
        self.assertEqual(other.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "still here")

        expiry = self.node.metric("hpush_tls_certificate_expiry_timestamp_seconds", door="chat")
        self.assertAlmostEqual(expiry, time.time() + 30 * 86400, delta=2 * 86400)
        certificates.replace("server.pem", "expired.pem")
        certificates.replace("server.key", "client.key")
        self.node.process.send_signal(signal.SIGHUP)
        said = "expired at 2021-01-01 00:00:00 UTC; the certificate in force stays"
        eventually(lambda: said in self.node.log_text(), "a line in the log")
        self.assertEqual(self.node.metric("hpush_tls_certificate_expiry_timestamp_seconds", door="chat"), expiry)
        self.assertLess(self.secure("last", context=trust).beat(), 1)


class RefusedStartTest(unittest.TestCase):
    def setUp(self):
        self.certificates = Certificates()
        self.addCleanup(self.certificates.remove)

    def refusal(self, **section):
        node = Node({"tls": section})
        self.addCleanup(node.remove)
        done = run_command("serve", "--config", node.file)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr

    def test_files_that_are_no_good_stop_the_start_in_one_line(self):
        path = self.certificates.path
        for changes, expected in (
                ({"certificate": path("absent.pem")}, "tls.certificate: expected a readable file with a certificate (PEM), found"),
                ({"certificate": str(self.certificates.folder)}, "Is a directory"),
                ({"certificate": path("server.key")}, "without one"),
                ({"key": path("absent.key")}, "tls.key: expected a readable file with a private key (PEM), found"),
                ({"key": path("client.key")}, "belongs to another certificate"),
                ({"key": path("encrypted.key")}, "encrypted, which is not supported"),
                ({"certificate": path("expired.pem")}, "expired at 2021-01-01 00:00:00 UTC"),
                ({"certificate": path("future.pem")}, "valid from 2090-01-01 00:00:00 UTC on"),
                ({"certificate": path("short.pem"), "key": path("short.key")}, "that OpenSSL refuses")):
            said = self.refusal(**{**self.certificates.section(chat=True), **changes})
            self.assertIn(expected, said)

    def test_switches_need_files(self):
        self.assertIn("tls.certificate: expected a file with a certificate, because tls.gate is set, found none", self.refusal(gate=True))
        said = self.refusal(**self.certificates.section(chat=True, mutual={"chat": True}))
        self.assertIn("tls.client_ca: expected a file with authorities, because tls.mutual.chat is set, found none", said)
        said = self.refusal(**self.certificates.section(client_ca=self.certificates.path("ca.pem"), mutual={"admin": True}))
        self.assertIn("tls.admin: expected true, because tls.mutual.admin is true, found false", said)

    def test_the_oldest_version_can_be_13(self):
        node = Node({"tls": self.certificates.section(chat=True, minimum="1.3")})
        self.addCleanup(node.remove)
        node.start()
        trust = self.certificates.trust()
        with Client(node.ports["chat"], secure=trust) as client:
            self.assertEqual(client.socket.version(), "TLSv1.3")
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises(OSError):
            Client(node.ports["chat"], secure=trust)


if __name__ == "__main__":
    unittest.main()
