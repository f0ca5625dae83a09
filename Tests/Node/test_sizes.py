"""Messages as long as a frame may be, to which the node adds a name or a number."""

import unittest

import wire
from case import NodeTest

MOST = 4096


def frame(length, **parts):
    """The frame of a message to bob whose body has so many bytes."""
    text = "x" * (length - 200)
    while len(made := wire.chat("bob", text, **parts)) < length + 8:
        text += "x" * (length + 8 - len(made))
    assert len(made) == length + 8, len(made)
    return made


class Sizes(NodeTest):
    config = {"chat": {"max_frame_bytes": MOST}}

    def setUp(self):
        self.bob = self.client("bob")

    def test_the_longest_frame_passes_as_it_came(self):
        alice = self.client("alice")
        longest = frame(MOST, **{"from": "alice"})
        alice.send(longest)
        self.assertEqual(self.bob.receive_frame(), longest)

    def test_with_a_name_or_a_number_more_it_is_refused_with_code_8(self):
        # Often enough for a guard of failing rules to act, were it their fault.
        for capabilities, parts in ((0, {}), (0, {"from": "al"}), (wire.RECEIPTS, {"from": "alice"})):
            alice = self.client("alice", capabilities=capabilities)
            for sequence in range(1, 8):
                alice.send(frame(MOST, sequence=sequence, msg_id=sequence, **parts))
                answer = alice.receive(wire.MESSAGE_RESPONSE)
                self.assertEqual((answer["sequence"], answer["messageResponse"]["code"]), (sequence, wire.TOO_LARGE))
                self.assertEqual(answer["messageResponse"]["msg_id"], sequence)
            alice.send(wire.chat("bob", "short", msg_id=100))
            self.assertEqual(self.bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "short")
            alice.close()


class SizesOfStored(NodeTest):
    config = {"chat": {"max_frame_bytes": MOST}}
    pipeline = [{"login": {"mode": "open"}}, "inbox", "chat_redirect"]

    def test_what_would_not_fit_with_its_numbers_is_not_stored(self):
        alice = self.client("alice")
        alice.send(frame(MOST, sequence=3, **{"from": "alice"}))
        answer = alice.receive(wire.MESSAGE_RESPONSE)
        self.assertEqual((answer["sequence"], answer["messageResponse"]["code"]), (3, wire.TOO_LARGE))
        alice.send(frame(MOST - 40, sequence=4, **{"from": "alice"}))
        bob = self.client("bob")
        got = bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertEqual(got["conversation_seq"], 1)
        self.assertTrue(bob.is_silent())


if __name__ == "__main__":
    unittest.main()
