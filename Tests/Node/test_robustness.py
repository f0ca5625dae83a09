"""Bytes that are no frames, frames that are no messages, and frames that come in pieces. The node lives, and counts why it closed."""

import random
import time
import unittest

import wire
from case import NodeTest
from client import Closed

CLOSED = "hpush_connections_closed_total"


class BadBytes(NodeTest):
    config = {"chat": {"max_frame_bytes": 65536}}

    def closes(self, data, reason=None, logged_in=False):
        client = self.client("victim", f"d{random.random()}") if logged_in else self.client()
        labels = {"reason": reason} if reason else {}
        before = self.node.metric(CLOSED, **labels)
        client.send(data)
        client.wait_closed(5)
        self.node.await_metric(CLOSED, before + 1, **labels)
        self.assert_alive()

    def test_wrong_magic(self):
        self.closes(wire.frame(b"", magic=0x0087), "bad_magic")

    def test_http_request(self):
        self.closes(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad_magic")

    def test_unknown_version(self):
        self.closes(wire.frame(b"", version=2), "bad_version", logged_in=True)

    def test_negative_length(self):
        self.closes(wire.frame(b"", length=-1), "bad_length")

    def test_length_over_the_limit_closes_before_the_body_came(self):
        self.closes(wire.frame(b"", length=65537), "bad_length", logged_in=True)
        self.closes(wire.frame(b"", length=0x7FFFFFFF), "bad_length")

    def test_undecodable_bodies(self):
        for name, body in {
            "truncated varint": b"\x08\xff",
            "truncated field": b"\x1a\x20abc",
            "field number 0": b"\x02\x00",
            "wire type 7": b"\x0f",
            "varint of 11 bytes": b"\x10" + b"\xff" * 10 + b"\x01",
            "broken inner message": wire.field(1, 5) + wire.field(6, b"\x1a\x7fshort"),
            "session id that is not UTF-8": wire.field(1, 4) + wire.field(3, b"\xff\xfe"),
            "user that is not UTF-8": wire.field(4, wire.field(1, b"\xc0\x80")),
        }.items():
            for logged_in in (False, True):
                with self.subTest(name, logged_in=logged_in):
                    self.closes(wire.frame(body), logged_in=logged_in)

    def test_content_that_is_not_utf8(self):
        body = wire.field(1, wire.MESSAGE_REQUEST) + wire.field(6, wire.field(3, "victim") + wire.field(6, b"\xed\xa0\x80"))
        self.closes(wire.frame(body), logged_in=True)

    def test_empty_body_is_a_login_request_without_a_user(self):
        client = self.client()
        answer = client.ask(wire.frame(b""), wire.LOGIN_RESPONSE)
        self.assertFalse(answer["loginResponse"].get("result"))
        client.wait_closed()

    def test_random_bytes(self):
        generator = random.Random(20261124)
        for _ in range(200):
            client = self.client()
            body = generator.randbytes(generator.randrange(200))
            try:
                client.send(wire.frame(body) if generator.random() < 0.8 else body + b"garbage!")
            except ConnectionError:
                pass
            client.close()
        self.assert_alive()

    def test_what_only_the_node_sends_is_not_taken_from_a_client(self):
        client = self.client("pretender")
        receiver = self.client("pretended")
        client.send(wire.message(wire.LOGIN_RESPONSE, 1, loginResponse={"result": True}))
        client.send(wire.message(wire.MESSAGE_NOTIFICATION, 2, notification={"json": "{}"}))
        try:
            client.receive_until(wire.HEART_BEAT, timeout=0.3)
        except (TimeoutError, Closed):
            pass
        self.assertTrue(receiver.is_silent())
        self.assert_alive()


class Pieces(NodeTest):
    def test_frame_cut_at_every_byte(self):
        alice, bob = self.client("alice"), self.client("bob")
        sent = wire.chat("bob", "in two", **{"from": "alice"})
        for cut in range(1, len(sent)):
            alice.send(sent[:cut])
            # Nagle is off: the first part goes by itself. The pause makes it likely that it is also read by itself.
            time.sleep(0.002)
            alice.send(sent[cut:])
            self.assertEqual(bob.receive_frame(), sent, cut)

    def test_byte_by_byte(self):
        alice, bob = self.client("alice"), self.client("bob")
        sent = wire.chat("bob", "slowly", **{"from": "alice"})
        for byte in sent:
            alice.send(bytes([byte]))
        self.assertEqual(bob.receive_frame(), sent)

    def test_login_and_messages_in_one_piece(self):
        bob, client = self.client("bob"), self.client()
        login = wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "eager", "deviceId": "d", "token": "t"})
        messages = [wire.chat("bob", f"{n}", sequence=n, **{"from": "eager"}) for n in range(1, 201)]
        client.send(login + b"".join(messages))
        self.assertTrue(client.receive(wire.LOGIN_RESPONSE)["loginResponse"]["result"])
        self.assertEqual([bob.receive_frame() for _ in messages], messages)

    def test_half_a_frame_after_whole_ones(self):
        alice, bob = self.client("alice"), self.client("bob")
        messages = [wire.chat("bob", "x" * n, sequence=n, **{"from": "alice"}) for n in range(1, 300)]
        stream = b"".join(messages)
        generator, at = random.Random(7), 0
        while at < len(stream):
            size = generator.randrange(1, 3000)
            alice.send(stream[at:at + size])
            at += size
        self.assertEqual([bob.receive_frame() for _ in messages], messages)


if __name__ == "__main__":
    unittest.main()
