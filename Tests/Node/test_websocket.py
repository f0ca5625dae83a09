"""The protocol over WebSocket: the same sessions as by TCP, and what RFC 6455 asks of a server."""

import os
import threading
import time

import wire
import websocket
from case import NodeTest
from client import Closed
from websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocketClient, frame, request

CONFIG = {"websocket": {"enabled": True, "host": "127.0.0.1", "port": 0}}


class WebSocketTest(NodeTest):
    config = CONFIG

    def web(self, uid=None, device="w0", receive_buffer=None, **login):
        client = WebSocketClient(self.node.ports["websocket"], receive_buffer=receive_buffer)
        self.addCleanup(client.close)
        if uid is not None:
            answer = client.login(uid, device, **login)
            assert answer.get("result"), f"login of {uid} refused: {answer}"
        return client

    def bare(self):
        """Without a handshake."""
        client = WebSocketClient(self.node.ports["websocket"], shake=False)
        self.addCleanup(client.close)
        return client


class ChatTest(WebSocketTest):
    plugins = {"tell": "return { api = 1, version = '1', routes = { how = function(ctx) return ctx.transport end } }"}
    pipeline = [{"login": {"mode": "open"}}, "tell", "chat_redirect"]

    def test_both_ways_between_tcp_and_websocket(self):
        tcp, web = self.client("tina"), self.web("wanda")
        tcp.send(wire.chat("wanda", "你好 👋"))
        got = web.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual((got["from"], got["content"]), ("tina", "你好 👋"))
        web.send(wire.chat("tina", "back", **{"from": "forged"}))
        got = tcp.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual((got["from"], got["content"]), ("wanda", "back"))

    def test_websocket_to_websocket_in_order(self):
        one, two = self.web("one"), self.web("two")
        for number in range(500):
            one.send(wire.chat("two", str(number)))
        self.assertEqual([two.receive()["messageRequest"]["content"] for _ in range(500)], [str(n) for n in range(500)])

    def test_a_burst_in_one_write(self):
        one, two = self.web("burst1"), self.web("burst2")
        one.send(b"".join(wire.chat("burst2", str(n)) for n in range(2000)))
        self.assertEqual([two.receive()["messageRequest"]["content"] for _ in range(2000)], [str(n) for n in range(2000)])

    def test_all_lengths_arrive_whole(self):
        one, two = self.web("long1"), self.web("long2")
        for size in (0, 1, 90, 100, 110, 125, 126, 127, 65400, 65536, 70000, 500_000, 1_000_000):
            text = os.urandom(size // 2 + 1).hex()[:size]
            one.send(wire.chat("long2", text))
            self.assertEqual(two.receive()["messageRequest"].get("content", ""), text, f"{size} bytes")

    def test_plugins_see_the_transport(self):
        self.assertEqual(self.web("how1").call("how"), (0, "websocket"))
        self.assertEqual(self.client("how2").call("how"), (0, "tcp"))

    def test_heartbeats_come_back_before_login_too(self):
        web = self.web()
        beat = wire.heartbeat(7)
        web.send(beat)
        self.assertEqual(web.receive_frame(), beat)
        self.assertLess(web.beat(), 1)

    def test_receipts_and_acknowledgements(self):
        sender, receiver = self.web("rs", capabilities=wire.RECEIPTS), self.web("rr", capabilities=wire.ACKS)
        sender.send(wire.chat("rr", "signed", sequence=5, msg_id=77))
        got = receiver.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertTrue(got["server_id"])
        self.assertTrue(sender.is_silent())
        receiver.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [got["server_id"]]}))
        answer = sender.receive(wire.MESSAGE_RESPONSE)
        self.assertEqual((answer["sequence"], answer["messageResponse"]["result"]), (5, True))
        self.assertEqual(answer["messageResponse"]["server_id"], got["server_id"])
        # Without ACKS: when the kernel took the bytes.
        other = self.web("plain")
        sender.send(wire.chat("plain", "x", sequence=6, msg_id=78))
        self.assertEqual(other.receive()["messageRequest"]["content"], "x")
        self.assertTrue(sender.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["result"])

    def test_a_refused_login_is_answered_and_closed(self):
        web = self.web()
        web.send(wire.chat("nobody", "x"))
        self.assertEqual(web.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["code"], wire.NOT_LOGGED_IN)
        self.assertFalse(web.login("").get("result"))
        self.assertEqual(web.close_code(), 1008)

    def test_logout(self):
        web = self.web("leaver")
        web.ask(wire.message(wire.LOGOUT_REQUEST, 9), wire.LOGOUT_RESPONSE)
        self.assertEqual(web.close_code(), 1000)

    def test_an_operator_closes_it(self):
        web = self.web("kicked")
        sessions = self.node.json("/v1/sessions?user=kicked")[1]["sessions"]
        self.assertEqual(self.node.http(f"/v1/sessions/{sessions[0]['id']}", "DELETE")[0] // 100, 2)
        self.assertEqual(web.receive()["type"], wire.LOGOUT_RESPONSE)
        self.assertEqual(web.close_code(), 1008)

    def test_it_is_told_where_it_listens(self):
        line = next(line for line in self.node.lines if line.startswith("websocket"))
        self.assertEqual(line.strip(), f"websocket listening on ws://127.0.0.1:{self.node.ports['websocket']}/ws")
        self.assertLess(self.node.lines.index(line), self.node.lines.index("ready\n"))
        listeners = {each["name"]: each["address"] for each in self.node.json("/v1/status")[1]["listeners"]}
        self.assertEqual(listeners["websocket"], f"ws://127.0.0.1:{self.node.ports['websocket']}/ws")

    def test_metrics(self):
        before = self.node.metric("hpush_websockets")
        with WebSocketClient(self.node.ports["websocket"]):
            self.node.await_metric("hpush_websockets", before + 1)
            self.assertGreaterEqual(self.node.metric("hpush_websocket_handshakes_total", result="accepted"), 1)
        deadline = time.monotonic() + 5
        while self.node.metric("hpush_websockets") > before:
            self.assertLess(time.monotonic(), deadline)


class StoredTest(WebSocketTest):
    """Behind `inbox`, where what arrives was stored: live, after a login, with each capability."""

    pipeline = [{"login": {"mode": "open"}}, "group_chat", "inbox", "chat_redirect"]

    def test_live_and_after_a_login(self):
        for number, capabilities in enumerate((0, wire.RECEIPTS, wire.ACKS, wire.RECEIPTS | wire.ACKS)):
            uid, sender = f"st{number}", self.client(f"sender{number}", capabilities=wire.RECEIPTS)
            web = self.web(uid, capabilities=capabilities)
            for n in range(3):
                self.assertTrue(self.stored(sender, uid, f"live {n}", n + 1))
                self.take(web, f"live {n}", capabilities)
            web.ask(wire.message(wire.LOGOUT_REQUEST, 9), wire.LOGOUT_RESPONSE)
            self.assertTrue(self.stored(sender, uid, "later", 10))
            web = self.web(uid, capabilities=capabilities)
            self.take(web, "later", capabilities)
            self.assertLess(web.beat(), 5)

    def stored(self, sender, to, content, msg_id):
        return sender.ask(wire.chat(to, content, sequence=msg_id, msg_id=msg_id), wire.MESSAGE_RESPONSE)["messageResponse"].get("result")

    def take(self, web, content, capabilities):
        got = web.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual(got["content"], content)
        if capabilities & wire.ACKS:
            web.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [got["server_id"]]}))


class FramesTest(WebSocketTest):
    config = {**CONFIG, "chat": {"max_frame_bytes": 100_000}}

    def body(self, to, content):
        return wire.chat(to, content)[8:]

    def test_a_message_in_parts_with_pings_between(self):
        one, two = self.web("parts1"), self.web("parts2")
        body = self.body("parts2", "x" * 3000)
        for size in (1, 7, 100, 2999):
            pieces = [body[at:at + size] for at in range(0, len(body), size)]
            out = b""
            for number, piece in enumerate(pieces):
                out += frame(BINARY if number == 0 else CONTINUATION, piece, final=number == len(pieces) - 1)
                if number % 10 == 0:
                    out += frame(PING, b"p")
            one.send_raw(out)
            self.assertEqual(two.receive()["messageRequest"]["content"], "x" * 3000, f"pieces of {size}")
        one.beat()
        self.assertIn(b"p", one.pongs)

    def test_bytes_that_drip(self):
        one, two = self.web("drip1"), self.web("drip2")
        for byte in frame(BINARY, self.body("drip2", "slow")):
            one.send_raw(bytes([byte]))
            time.sleep(0.001)
        self.assertEqual(two.receive()["messageRequest"]["content"], "slow")

    def test_pings_come_back(self):
        web = self.web()
        for payload in (b"", b"hello", bytes(range(125))):
            web.send_raw(frame(PING, payload))
            self.assertEqual(web.receive_raw(), (PONG, payload))
        web.send_raw(frame(PONG, b"unasked"))
        web.beat()

    def test_a_client_that_closes_gets_its_code_back(self):
        for code in (1000, 1001, 3000, 4999):
            web = self.web()
            web.send_raw(frame(CLOSE, code.to_bytes(2, "big") + "再见".encode()))
            self.assertEqual(web.close_code(), code)
        web = self.web()
        web.send_raw(frame(CLOSE))
        self.assertIsNone(web.close_code())

    def test_faults_have_their_codes(self):
        for name, data, code in (
            ("text", frame(TEXT, b"hello"), 1003), ("no mask", frame(BINARY, b"x", masked=False), 1002),
            ("reserved bits", frame(BINARY, b"x", reserved=4), 1002), ("unknown kind", frame(3, b"x"), 1002),
            ("ping in parts", frame(PING, b"x", final=False), 1002), ("long ping", frame(PING, b"x" * 126), 1002),
            ("a part without a beginning", frame(CONTINUATION, b"x"), 1002), ("close of one byte", frame(CLOSE, b"x"), 1002),
            ("close with code 1005", frame(CLOSE, b"\x03\xed"), 1002), ("close with bad UTF-8", frame(CLOSE, b"\x03\xe8\xff"), 1007),
            ("two beginnings", frame(BINARY, b"x", final=False) + frame(BINARY, b"x"), 1002),
            ("no message of ours", frame(BINARY, b"\xff\xff\xff"), 1007), ("too large", frame(BINARY, b"x" * 100_001)[:20], 1009),
            ("too large in parts", frame(BINARY, b"x" * 60_000, final=False) + frame(CONTINUATION, b"x" * 60_000), 1009),
        ):
            for uid in (None, "faulty"):
                with self.subTest(name, logged_in=uid is not None):
                    web = self.web(uid)
                    web.send_raw(data)
                    self.assertEqual(web.close_code(), code)
        self.assert_alive()

    def test_a_million_parts_of_one_byte_cost_no_memory(self):
        web = self.web("bomb")
        before = self.node.resident_bytes()
        empty = frame(CONTINUATION, b"", final=False)
        web.send_raw(frame(BINARY, b"x", final=False))
        started = time.monotonic()
        for _ in range(200):
            web.send_raw(empty * 1000)
        self.assertLess(time.monotonic() - started, 60)
        web.send_raw(frame(CONTINUATION, b"y" * 100_000))
        self.assertEqual(web.close_code(), 1009)
        self.assertLess(self.node.resident_bytes() - before, 16 << 20)

    def test_nothing_of_the_client_is_needed_to_end(self):
        web = self.web("gone")
        web.close()
        deadline = time.monotonic() + 5
        while self.node.json("/v1/sessions?user=gone")[1]["sessions"]:
            self.assertLess(time.monotonic(), deadline)


class HandshakeTest(WebSocketTest):
    config = {
        "websocket": {
            "enabled": True, "host": "127.0.0.1", "port": 0, "path": "/chat/ws", "origins": ["https://shop.example", "same-host"],
            "handshake_seconds": 1}}

    def status(self, **options):
        client = self.bare()
        status, head = client.ask_upgrade(request(client.port, **{"path": "/chat/ws", **options}))
        if status != 101:
            # The answer's text, then the end.
            client.bytes.clear()
            with self.assertRaises(Closed):
                while True:
                    client.bytes.clear()
                    client.receive_raw()
        return status

    def test_origins(self):
        port = self.node.ports["websocket"]
        for origin, status in (
            (None, 101), ("https://shop.example", 101), ("http://127.0.0.1:8080", 101), (f"http://127.0.0.1:{port}", 101),
            ("https://evil.example", 403), ("http://shop.example", 403), ("null", 403), ("http://127.0.0.1.evil.example", 403),
        ):
            self.assertEqual(self.status(Origin=origin), status, origin)

    def test_other_requests(self):
        self.assertEqual(self.status(path="/ws"), 404)
        self.assertEqual(self.status(path="/chat/ws?token=1"), 101)
        self.assertEqual(self.status(Upgrade=None), 426)
        self.assertEqual(self.status(Sec_WebSocket_Version="8"), 426)
        self.assertEqual(self.status(Sec_WebSocket_Key="short"), 400)
        self.assertEqual(self.status(Host=None), 400)
        self.assertEqual(self.status(X="y" * 9000), 431)
        self.assertEqual(self.status(Sec_WebSocket_Extensions="permessage-deflate", Sec_WebSocket_Protocol="a, b"), 101)
        client = self.bare()
        self.assertEqual(client.ask_upgrade(b"\x00\x86\x00\x01\x00\x00\x00\x00")[0], 400)
        self.node.await_metric("hpush_connections_closed_total", 1, reason="websocket_handshake")

    def test_a_slow_request_is_refused(self):
        client = self.bare()
        started = time.monotonic()
        data = request(client.port, path="/chat/ws")
        try:
            for byte in data:
                client.send_raw(bytes([byte]))
                time.sleep(0.02)
            status = client.read_head()[0]
        except ConnectionError:
            status = 408
        self.assertEqual(status, 408)
        self.assertLess(time.monotonic() - started, 5)
        silent = self.bare()
        self.assertEqual(silent.read_head()[0], 408)

    def test_frames_behind_the_request_count(self):
        client = self.bare()
        beat = wire.heartbeat(3)
        client.send_raw(request(client.port, path="/chat/ws") + frame(BINARY, beat[8:]))
        self.assertEqual(client.read_head()[0], 101)
        self.assertEqual(client.receive_frame(), beat)


class LimitsTest(WebSocketTest):
    config = {
        **CONFIG, "chat": {"write_buffer_high": 65536, "slow_consumer_seconds": 2, "login_timeout_seconds": 2, "read_idle_seconds": 4}}

    def test_login_and_idle_timeouts(self):
        self.assertEqual(self.web().close_code(timeout=8), 1008)
        idle = self.web("idle")
        self.assertEqual(idle.close_code(timeout=12), 1008)
        self.node.await_metric("hpush_connections_closed_total", 1, reason="login_timeout")
        self.node.await_metric("hpush_connections_closed_total", 1, reason="read_idle")

    def test_pings_keep_it_open(self):
        web = self.web("pinger")
        for _ in range(6):
            time.sleep(1)
            web.send_raw(frame(PING, b"here"))
            self.assertEqual(web.receive_raw(), (PONG, b"here"))

    def test_a_client_that_does_not_read(self):
        slow = self.web("slow", receive_buffer=4096)
        sender = self.web("sender", capabilities=wire.RECEIPTS)
        before = self.node.resident_bytes()
        codes, text = [], "x" * 4000
        done = threading.Event()

        def read():
            try:
                while True:
                    codes.append(sender.receive(wire.MESSAGE_RESPONSE, 30)["messageResponse"].get("code", 0))
                    if len(codes) == 5000:
                        return done.set()
            except (Closed, TimeoutError, AssertionError, OSError):
                return

        sender.socket.settimeout(60)
        reader = threading.Thread(target=read)
        reader.start()
        for number in range(5000):
            data = wire.chat("slow", text, sequence=number + 1, msg_id=number + 1)
            sender.socket.sendall(frame(BINARY, data[8:]))
        self.assertTrue(done.wait(60), f"{len(codes)} answers")
        reader.join()
        self.assertIn(wire.UNAVAILABLE, codes)
        self.assertLess(self.node.resident_bytes() - before, 32 << 20)
        self.node.await_metric("hpush_connections_closed_total", 1, reason="slow_consumer")
        del slow
        self.assert_alive()

    def test_one_that_pings_without_reading_is_not_read(self):
        web = self.web("pings", receive_buffer=4096)
        before = self.node.resident_bytes()
        web.socket.settimeout(1)
        try:
            for _ in range(2000):
                web.socket.sendall(frame(PING, b"x" * 125) * 100)
        except OSError:
            pass
        self.assertLess(self.node.resident_bytes() - before, 16 << 20)
        self.assert_alive()


class ManyTest(WebSocketTest):
    def test_a_thousand(self):
        clients = []
        for number in range(1000):
            clients.append(self.web(f"u{number}"))
        self.assertEqual(self.node.metric("hpush_websockets"), 1000)
        for number, client in enumerate(clients):
            client.send(wire.chat(f"u{(number + 1) % 1000}", f"from {number}"))
        for number, client in enumerate(clients):
            self.assertEqual(client.receive()["messageRequest"]["content"], f"from {(number - 1) % 1000}")
        for client in clients:
            client.close()
        deadline = time.monotonic() + 10
        while self.node.metric("hpush_websockets") > 0:
            self.assertLess(time.monotonic(), deadline)


class DrainTest(WebSocketTest):
    def test_clients_are_told(self):
        node, web = self.node, self.web("last")
        stopping = threading.Thread(target=node.stop)
        stopping.start()
        self.assertEqual(web.close_code(), 1001)
        stopping.join()
        with self.assertRaises(OSError):
            websocket.connect("127.0.0.1", node.ports["websocket"])
