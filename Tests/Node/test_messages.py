"""What a recipient gets of a MESSAGE_REQUEST, and what its sender is told."""

import unittest

import wire
from case import NodeTest


class Forwarding(NodeTest):
    def setUp(self):
        self.alice, self.bob = self.client("alice"), self.client("bob")

    def exchange(self, sent):
        self.alice.send(sent)
        return self.bob.receive_frame()

    def test_a_message_that_needs_no_change_arrives_as_the_very_bytes(self):
        sent = wire.chat("bob", "hello", sequence=4, **{"from": "alice"}, time=12345, msg_type=2, url="u", property="p", json="{}")
        self.assertEqual(self.exchange(sent), sent)

    def test_unknown_fields_and_enum_values_pass(self):
        inner = {"msg_id": 1, "from": "alice", "to": "bob", "content": "x", "unknown": wire.field(2000, "inner") + wire.field(2001, 5)}
        sent = wire.message(wire.MESSAGE_REQUEST, 4, messageRequest=inner, unknown=wire.field(3000, b"\x00\xff"))
        self.assertEqual(self.exchange(sent), sent)

    def test_fields_in_an_unusual_order_pass(self):
        inner = wire.field(6, "content first") + wire.field(3, "bob") + wire.field(2, "alice") + wire.field(1, 9)
        sent = wire.frame(wire.field(6, inner) + wire.field(2, 11) + wire.field(1, wire.MESSAGE_REQUEST))
        self.assertEqual(self.exchange(sent), sent)

    def test_from_is_overwritten_whatever_was_claimed(self):
        unknown = wire.field(2000, "kept")
        for claimed in ("bob", "", "alice2", "x" * 300):
            got = wire.decode(self.exchange(wire.chat("bob", "hi", **{"from": claimed}, unknown=unknown))[8:])["messageRequest"]
            self.assertEqual((got["from"], got["content"], got["unknown"]), ("alice", "hi", unknown), claimed)

    def test_from_given_twice_is_still_the_senders(self):
        inner = wire.field(2, "alice") + wire.field(3, "bob") + wire.field(6, "x") + wire.field(2, "eve")
        body = wire.field(1, wire.MESSAGE_REQUEST) + wire.field(6, inner)
        self.assertEqual(wire.decode(self.exchange(wire.frame(body))[8:])["messageRequest"]["from"], "alice")

    def test_from_hidden_in_a_second_part_of_the_message_is_still_the_senders(self):
        body = wire.field(1, wire.MESSAGE_REQUEST) + wire.field(6, wire.field(2, "alice") + wire.field(3, "bob"))
        body += wire.field(6, wire.field(2, "eve") + wire.field(6, "x"))
        got = wire.decode(self.exchange(wire.frame(body))[8:])["messageRequest"]
        self.assertEqual((got["from"], got["content"]), ("alice", "x"))

    def test_the_nodes_own_fields_are_removed_from_what_a_client_sent(self):
        got = wire.decode(self.exchange(wire.chat("bob", "hi", **{"from": "alice"}, server_id=66, conversation_seq=77))[8:])
        self.assertNotIn("server_id", got["messageRequest"])
        self.assertNotIn("conversation_seq", got["messageRequest"])

    def test_every_device_of_the_recipient_gets_it(self):
        devices = [self.bob, self.client("bob", "d1"), self.client("bob", "d2")]
        sent = self.alice.send(wire.chat("bob", "all", **{"from": "alice"}))
        self.assertEqual([device.receive_frame() for device in devices], [sent] * 3)

    def test_a_message_to_oneself_arrives(self):
        sent = self.alice.send(wire.chat("alice", "note", **{"from": "alice"}))
        self.assertEqual(self.alice.receive_frame(), sent)

    def test_success_is_not_answered_without_receipts(self):
        self.exchange(wire.chat("bob", "hi"))
        self.assertTrue(self.alice.is_silent())

    def test_failure_is_answered_to_everybody_in_the_order_of_the_requests(self):
        self.alice.send(b"".join(wire.chat("nobody", "hi", sequence=n, msg_id=100 + n) for n in range(1, 51)))
        for n in range(1, 51):
            answer = self.alice.receive(wire.MESSAGE_RESPONSE)
            self.assertEqual((answer["sequence"], answer["messageResponse"]["msg_id"]), (n, 100 + n))
            self.assertEqual(answer["messageResponse"]["code"], wire.UNAVAILABLE)
            self.assertFalse(answer["messageResponse"].get("result"))

    def test_content_of_every_size_up_to_the_limit(self):
        for size in (0, 1, 100, 4096, 65536, 1_000_000):
            sent = wire.chat("bob", "x" * size, **{"from": "alice"})
            self.assertEqual(self.exchange(sent), sent, size)

    def test_message_without_recipient_is_refused(self):
        answer = self.alice.ask(wire.chat("", "hi", sequence=6), wire.MESSAGE_RESPONSE)
        self.assertEqual(answer["sequence"], 6)
        self.assertFalse(answer["messageResponse"].get("result"))


class ManyLoops(Forwarding):
    """The same when sender and recipient may live on different loops."""

    config = {"chat": {"threads": 2}}


if __name__ == "__main__":
    unittest.main()
