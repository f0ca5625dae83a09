"""Receipts and acknowledgements: what a sender is told, when, in what order, and what a message sent again comes to."""

import threading
import time
import unittest

import wire
from case import NodeTest
from client import Closed

BOTH = wire.RECEIPTS | wire.ACKS


class Receipts(NodeTest):
    config = {"chat": {"receipt_seconds": 1}}

    def sender(self, uid="alice", device="d0"):
        # The node remembers what a device has sent, so each test has devices of its own.
        return self.client(uid, f"{self.id()} {device}", capabilities=wire.RECEIPTS)

    def acknowledging(self, uid="bob", device="d0"):
        return self.client(uid, device, capabilities=wire.ACKS)

    def answer(self, client, sequence, timeout=10):
        """The receipt of a request, which must be the next one."""
        answer = client.receive(wire.MESSAGE_RESPONSE, timeout)
        self.assertEqual(answer.get("sequence", 0), sequence, answer)
        return answer["messageResponse"]

    def assert_success(self, client, sequence, server_id=None, msg_id=None):
        response = self.answer(client, sequence)
        self.assertEqual((response.get("result"), response.get("code", 0)), (True, 0), response)
        if server_id is not None:
            self.assertEqual(response["server_id"], server_id)
        if msg_id is not None:
            self.assertEqual(response["msg_id"], msg_id)
        return response["server_id"]

    def assert_failure(self, client, sequence, code=wire.UNAVAILABLE, timeout=10):
        response = self.answer(client, sequence, timeout)
        self.assertEqual((response.get("result", False), response.get("code")), (False, code), response)
        return response

    def message(self, client, timeout=10):
        return client.receive(wire.MESSAGE_REQUEST, timeout)["messageRequest"]

    def acknowledge(self, client, *numbers):
        client.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": numbers}))

    # Who gets what

    def test_capabilities_are_granted_as_asked_and_no_others(self):
        for asked, granted in ((0, 0), (1, 1), (2, 2), (3, 3), (4, 0), (0xFFFFFFFF, 3)):
            client = self.client()
            self.assertEqual(client.login("carol", capabilities=asked).get("capabilities", 0), granted)

    def test_without_capabilities_nothing_is_new(self):
        client = self.client()
        client.send(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "old", "deviceId": "d"}))
        answer = wire.decode(client.receive_frame()[8:])
        self.assertEqual(answer["loginResponse"], {"result": True, "info": "Success"})
        bob = self.client("bob")
        sent = client.send(wire.chat("bob", "hi", **{"from": "old"}))
        self.assertEqual(bob.receive_frame(), sent)
        self.assertTrue(client.is_silent())

    def test_an_old_sender_gets_no_receipt_from_one_who_acknowledges(self):
        alice, bob = self.client("alice"), self.acknowledging()
        alice.send(wire.chat("bob", "hi"))
        self.acknowledge(bob, self.message(bob)["server_id"])
        self.assertTrue(alice.is_silent())

    # The node's number

    def test_the_message_and_the_receipt_carry_the_same_number(self):
        alice, bob = self.sender(), self.client("bob")
        alice.send(wire.chat("bob", "hi", sequence=5, msg_id=77))
        got = self.message(bob)
        self.assertEqual((got["from"], got["content"], got["msg_id"]), ("alice", "hi", 77))
        self.assert_success(alice, 5, server_id=got["server_id"], msg_id=77)

    def test_numbers_are_never_the_same(self):
        alice, bob = self.sender(), self.client("bob")
        alice.send(b"".join(wire.chat("bob", "hi", sequence=n, msg_id=n) for n in range(1, 201)))
        numbers = [self.message(bob)["server_id"] for _ in range(200)]
        self.assertEqual(len(set(numbers)), 200)
        self.assertEqual([self.assert_success(alice, n) for n in range(1, 201)], numbers)

    def test_who_acknowledges_gets_numbers_also_from_old_senders_one_for_all_devices(self):
        alice = self.client("alice")
        devices = [self.acknowledging("bob", f"d{n}") for n in range(4)]
        unknown = wire.field(2000, "kept")
        alice.send(wire.chat("bob", "hi", **{"from": "alice"}, unknown=unknown))
        got = [self.message(device) for device in devices]
        self.assertEqual(len({message["server_id"] for message in got}), 1)
        self.assertGreater(got[0]["server_id"], 0)
        self.assertEqual((got[0]["content"], got[0]["unknown"]), ("hi", unknown))

    def test_forged_numbers_are_removed_whoever_sends_them_to_whomever(self):
        for sender_asks, recipient_asks in ((0, 0), (0, wire.ACKS), (wire.RECEIPTS, 0), (BOTH, BOTH)):
            with self.subTest(sender=sender_asks, recipient=recipient_asks):
                alice = self.client("alice", capabilities=sender_asks)
                bob = self.client("bob", "forged", capabilities=recipient_asks)
                alice.send(wire.chat("bob", "hi", msg_id=0, **{"from": "alice"}, server_id=66, conversation_seq=77))
                got = self.message(bob)
                self.assertNotIn("conversation_seq", got)
                if sender_asks | recipient_asks:
                    self.assertNotIn(got["server_id"], (0, 66))
                else:
                    self.assertNotIn("server_id", got)
                if recipient_asks:
                    self.acknowledge(bob, got["server_id"])
                bob.close()

    def test_a_message_in_parts_is_numbered_too(self):
        alice, bob = self.sender(), self.client("bob")
        body = wire.field(1, wire.MESSAGE_REQUEST) + wire.field(2, 9)
        body += wire.field(6, wire.field(1, 5) + wire.field(3, "bob"))
        body += wire.field(6, wire.field(2, "eve") + wire.field(17, 1) + wire.field(6, "x"))
        alice.send(wire.frame(body))
        got = self.message(bob)
        self.assertEqual((got["from"], got["content"], got["msg_id"]), ("alice", "x", 5))
        self.assert_success(alice, 9, server_id=got["server_id"], msg_id=5)

    # Success and failure

    def test_success_waits_for_the_acknowledgement(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=3))
        number = self.message(bob)["server_id"]
        self.assertTrue(alice.is_silent(0.3))
        self.acknowledge(bob, number)
        self.assert_success(alice, 3, server_id=number)

    def test_several_acknowledgements_in_one_packed_or_not(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(b"".join(wire.chat("bob", "hi", sequence=n, msg_id=n) for n in range(1, 7)))
        numbers = [self.message(bob)["server_id"] for _ in range(6)]
        packed = wire.field(1, b"".join(map(wire.varint, numbers[:3])))
        bob.send(wire.frame(wire.field(1, wire.MESSAGE_ACK) + wire.field(16, packed + wire.field(1, numbers[3]))))
        # In two parts, which protobuf joins.
        parts = wire.field(16, wire.field(1, numbers[4])) + wire.field(16, wire.field(1, numbers[5]))
        bob.send(wire.frame(wire.field(1, wire.MESSAGE_ACK) + parts))
        self.assertEqual([self.assert_success(alice, n) for n in range(1, 7)], numbers)

    def test_nobody_acknowledges_for_others(self):
        alice, bob, eve = self.sender(), self.acknowledging(), self.acknowledging("eve")
        alice.send(wire.chat("bob", "hi", sequence=3))
        number = self.message(bob)["server_id"]
        self.acknowledge(eve, number, number + 1, 0)
        self.acknowledge(bob, number + 1, 12345)
        self.assertTrue(alice.is_silent(0.3))
        self.acknowledge(bob, number)
        self.assert_success(alice, 3)

    def test_the_first_device_decides(self):
        alice = self.sender()
        devices = [self.acknowledging("bob", f"d{n}") for n in range(3)]
        alice.send(wire.chat("bob", "hi", sequence=3))
        numbers = [self.message(device)["server_id"] for device in devices]
        devices[0].close()
        self.assertTrue(alice.is_silent(0.2))
        self.acknowledge(devices[1], numbers[1])
        self.assert_success(alice, 3)
        self.acknowledge(devices[2], numbers[2])
        self.assertTrue(alice.is_silent(0.2))

    def test_without_an_acknowledgement_it_failed_in_time(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=3, msg_id=4))
        self.message(bob)
        started = time.monotonic()
        self.assert_failure(alice, 3)
        self.assertTrue(0.5 < time.monotonic() - started < 2.5)

    def test_a_recipient_that_goes_before_it_acknowledges(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=3, msg_id=4))
        self.message(bob)
        started = time.monotonic()
        bob.close()
        response = self.assert_failure(alice, 3)
        self.assertEqual(response["msg_id"], 4)
        self.assertLess(time.monotonic() - started, 0.8, "told when it went, not when the time was over")

    def test_nobody_there(self):
        alice = self.sender()
        alice.send(wire.chat("nobody", "hi", sequence=3, msg_id=4))
        self.assertEqual(self.assert_failure(alice, 3)["msg_id"], 4)

    def test_to_oneself(self):
        alice = self.client("alice", capabilities=BOTH)
        alice.send(wire.chat("alice", "note", sequence=3))
        self.acknowledge(alice, self.message(alice)["server_id"])
        self.assert_success(alice, 3)

    # Order

    def test_answers_come_in_the_order_of_the_requests_whatever_they_are(self):
        alice, bob, carol = self.sender(), self.acknowledging(), self.client("carol")
        to = ["carol", "bob", "nobody", "carol", "bob", "", "carol"]
        alice.send(b"".join(wire.chat(name, "hi", sequence=n, msg_id=n) for n, name in enumerate(to, 1)))
        numbers = [self.message(bob)["server_id"] for _ in range(2)]
        self.acknowledge(bob, numbers[1])
        self.assert_success(alice, 1)
        self.assertTrue(alice.is_silent(0.3))
        self.acknowledge(bob, numbers[0])
        self.assert_success(alice, 2, numbers[0])
        self.assert_failure(alice, 3)
        self.assert_success(alice, 4)
        self.assert_success(alice, 5, numbers[1])
        self.assertFalse(self.answer(alice, 6).get("result"))
        self.assert_success(alice, 7)
        for _ in range(3):
            self.message(carol)

    def test_more_unanswered_requests_than_a_session_may_have(self):
        alice, bob = self.sender(), self.acknowledging()
        count = 10_000
        frames = b"".join(wire.chat("bob", "hi", sequence=n, msg_id=n) for n in range(1, count + 1))
        writer = threading.Thread(target=alice.send, args=(frames,))
        alice.socket.settimeout(60)
        writer.start()
        answers = []
        reader = threading.Thread(target=lambda: answers.extend(self.assert_success(alice, n) for n in range(1, count + 1)))
        reader.start()
        numbers = []
        for _ in range(count):
            numbers.append(self.message(bob)["server_id"])
            if len(numbers) % 50 == 0:
                self.acknowledge(bob, *numbers[-50:])
        writer.join()
        reader.join()
        self.assertEqual(answers, numbers)

    # Resends

    def test_a_resend_is_answered_as_the_first_time_and_delivered_once(self):
        alice, bob = self.sender(), self.client("bob")
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        self.assert_success(alice, 1, number, 9)
        for sequence in (2, 3):
            alice.send(wire.chat("bob", "hi", sequence=sequence, msg_id=9))
            self.assert_success(alice, sequence, number, 9)
        self.assertTrue(bob.is_silent(0.2))

    def test_a_resend_of_one_in_flight_is_answered_with_it(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(b"".join(wire.chat("bob", "hi", sequence=n, msg_id=9) for n in (1, 2)))
        number = self.message(bob)["server_id"]
        self.assertTrue(bob.is_silent(0.2) and alice.is_silent(0.2))
        self.acknowledge(bob, number)
        self.assert_success(alice, 1, number)
        self.assert_success(alice, 2, number)

    def test_after_a_reconnect_it_is_still_the_same_message(self):
        alice, bob = self.sender(), self.client("bob")
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        self.assert_success(alice, 1, number)
        alice.close()
        for _ in range(4):  # one of them on each loop
            again = self.sender()
            again.send(wire.chat("bob", "hi", sequence=7, msg_id=9))
            self.assert_success(again, 7, number)
        self.assertTrue(bob.is_silent(0.2))

    def test_a_reconnect_while_it_is_in_flight(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        alice.close()
        again = [self.sender() for _ in range(4)]
        for client in again:
            client.send(wire.chat("bob", "hi", sequence=7, msg_id=9))
        self.assertTrue(bob.is_silent(0.2) and again[0].is_silent(0.1))
        self.acknowledge(bob, number)
        for client in again:
            self.assert_success(client, 7, number)

    def test_the_acknowledgement_comes_when_the_sender_is_gone(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        alice.close()
        self.acknowledge(bob, number)
        bob.beat()
        again = self.sender()
        again.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        self.assert_success(again, 1, number)
        self.assertTrue(bob.is_silent(0.2))

    def test_other_messages_are_no_resends(self):
        alice, bob, tablet = self.sender(), self.client("bob"), self.sender(device="d1")
        carol = self.client("carol")
        frames = [(alice, "bob", 9), (alice, "bob", 10), (tablet, "bob", 9), (alice, "carol", 9), (alice, "bob", 0), (alice, "bob", 0)]
        for sequence, (client, to, msg_id) in enumerate(frames, 1):
            client.send(wire.chat(to, "hi", sequence=sequence, msg_id=msg_id))
            self.message(carol if to == "carol" else bob)
            self.assert_success(client, sequence)

    def test_what_failed_may_be_tried_again_under_its_number(self):
        alice = self.sender()
        alice.send(wire.chat("late", "hi", sequence=1, msg_id=9))
        number = self.assert_failure(alice, 1)["server_id"]
        late = self.client("late")
        alice.send(wire.chat("late", "hi", sequence=2, msg_id=9))
        self.assertEqual(self.message(late)["server_id"], number)
        self.assert_success(alice, 2, number)

    def test_a_late_acknowledgement_counts_for_the_next_try(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        self.assert_failure(alice, 1)
        self.acknowledge(bob, number)
        bob.beat()
        time.sleep(0.1)
        alice.send(wire.chat("bob", "hi", sequence=2, msg_id=9))
        self.assert_success(alice, 2, number)
        self.assertTrue(bob.is_silent(0.2))

    def test_a_device_that_has_it_is_not_sent_it_again(self):
        alice, bob = self.sender(), self.acknowledging()
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=9))
        number = self.message(bob)["server_id"]
        self.assert_failure(alice, 1)
        for client in (self.sender(), self.sender(), alice):
            client.send(wire.chat("bob", "hi", sequence=2, msg_id=9))
        self.assertTrue(bob.is_silent(0.2))
        self.acknowledge(bob, number)
        self.assert_success(alice, 2, number)

    # Those who do not read

    def test_success_is_not_claimed_for_what_a_recipient_did_not_get(self):
        alice, slow = self.sender(), self.node.client("slow", receive_buffer=4096)
        self.addCleanup(slow.close)
        alice.socket.settimeout(30)
        content = "x" * 20_000
        accepted, codes = 0, {}
        for first in range(1, 1001, 50):
            alice.send(b"".join(wire.chat("slow", content, sequence=n, msg_id=n) for n in range(first, first + 50)))
            for sequence in range(first, first + 50):
                code = self.answer(alice, sequence, 20).get("code", 0)
                codes[code] = codes.get(code, 0) + 1
                accepted += code == 0
            if codes.get(wire.UNAVAILABLE, 0) > 100:
                break
        self.assertEqual(set(codes), {0, wire.UNAVAILABLE})
        received = 0
        try:
            while received < accepted:
                self.message(slow, 5)
                received += 1
        except (TimeoutError, Closed):
            pass
        self.assertEqual(received, accepted, "messages that were answered as accepted")


class ReceiptsOnTwoLoops(Receipts):
    config = {"chat": {"receipt_seconds": 1, "threads": 2}}

    def test_recipients_of_both_loops(self):
        alice = self.sender()
        recipients = [self.client(f"r{n}", capabilities=n % 2 * wire.ACKS) for n in range(8)]
        alice.send(b"".join(wire.chat(f"r{n % 8}", "hi", sequence=n + 1, msg_id=n + 1) for n in range(800)))
        numbers = {}
        for round in range(100):
            for n in range(8):
                number = self.message(recipients[n])["server_id"]
                numbers[8 * round + n + 1] = number
                if n % 2:
                    self.acknowledge(recipients[n], number)
        for sequence in range(1, 801):
            self.assert_success(alice, sequence, numbers[sequence])


if __name__ == "__main__":
    unittest.main()
