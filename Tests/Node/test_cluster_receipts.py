"""Receipts across nodes: what a device on another node took, or did not."""

import time
import unittest

import wire
from cluster import Cluster

RECEIPTS, ACKS = 1, 2


class ClusterReceipts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.a, cls.b = cls.cluster.add("a", chat={"receipt_seconds": 2}), cls.cluster.add("b", chat={"receipt_seconds": 2, "threads": 2})
        time.sleep(0.5)

    def client(self, node, uid, device="d0", **login):
        client = node.client(uid, device, **login)
        self.addCleanup(client.close)
        return client

    def send(self, client, to, content, number):
        client.send(wire.message(wire.MESSAGE_REQUEST, number, messageRequest={"msg_id": number, "to": to, "content": content}))

    def receipt(self, client, timeout=5):
        answer = client.receive_until(wire.MESSAGE_RESPONSE, timeout)
        response = answer["messageResponse"]
        return answer.get("sequence", 0), response.get("result", False), response.get("code", 0), response.get("server_id", 0)

    def acknowledge(self, client, *numbers):
        client.send(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": list(numbers)}))

    def test_a_device_without_acks_on_another_node(self):
        sender, recipient = self.client(self.a, "s1", capabilities=RECEIPTS), self.client(self.b, "r1")
        time.sleep(0.2)
        for number in range(1, 51):
            self.send(sender, "r1", "hi", number)
        for number in range(1, 51):
            got = recipient.receive(wire.MESSAGE_REQUEST)["messageRequest"]
            sequence, result, code, server_id = self.receipt(sender)
            self.assertEqual((sequence, result, code), (number, True, 0))
            self.assertEqual(server_id, got["server_id"])

    def test_a_device_with_acks_decides(self):
        sender, recipient = self.client(self.a, "s2", capabilities=RECEIPTS), self.client(self.b, "r2", capabilities=ACKS)
        time.sleep(0.2)
        self.send(sender, "r2", "hi", 1)
        got = recipient.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        self.assertTrue(sender.is_silent(0.3))
        self.acknowledge(recipient, got["server_id"])
        self.assertEqual(self.receipt(sender)[:3], (1, True, 0))

    def test_no_acknowledgement_is_a_failure_and_a_resend_is_delivered_under_the_same_number(self):
        sender, recipient = self.client(self.a, "s3", capabilities=RECEIPTS), self.client(self.b, "r3", capabilities=ACKS)
        time.sleep(0.2)
        self.send(sender, "r3", "hi", 1)
        first = recipient.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        recipient.close()
        self.assertEqual(self.receipt(sender)[:3], (1, False, 9))
        again = self.client(self.b, "r3", capabilities=ACKS)
        time.sleep(0.3)
        self.send(sender, "r3", "hi", 1)
        second = again.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        self.assertEqual(first, second)
        self.acknowledge(again, second)
        self.assertEqual(self.receipt(sender)[:3], (1, True, 0))
        self.send(sender, "r3", "hi", 1)
        self.assertEqual(self.receipt(sender)[:3], (1, True, 0))
        self.assertTrue(again.is_silent(0.3))

    def test_one_of_several_devices_is_enough(self):
        sender = self.client(self.a, "s4", capabilities=RECEIPTS)
        devices = [self.client(self.b, "r4", f"d{n}", capabilities=ACKS) for n in range(3)]
        time.sleep(0.2)
        self.send(sender, "r4", "hi", 1)
        numbers = {device.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"] for device in devices}
        self.assertEqual(len(numbers), 1)
        devices[0].close()
        time.sleep(0.2)
        self.assertTrue(sender.is_silent(0.2))
        self.acknowledge(devices[2], numbers.pop())
        self.assertEqual(self.receipt(sender)[:3], (1, True, 0))

    def test_a_resend_by_way_of_another_node_is_delivered_once(self):
        c = self.cluster.add("c2")
        time.sleep(0.5)
        for to, at, capabilities in (("r6a", self.a, ACKS), ("r6b", self.b, 0)):
            with self.subTest(to=to):
                sender, recipient = self.client(c, "s6", capabilities=RECEIPTS), self.client(at, to, capabilities=capabilities)
                time.sleep(0.3)
                self.send(sender, to, "hi", 1)
                first = recipient.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
                if capabilities:
                    self.acknowledge(recipient, first)
                self.assertEqual(self.receipt(sender), (1, True, 0, first))
                # Both by way of a third node and at the recipient's own.
                for node in (self.a, self.b):
                    again = self.client(node, "s6", capabilities=RECEIPTS)
                    time.sleep(0.3)
                    self.send(again, to, "hi", 1)
                    self.assertEqual(self.receipt(again), (1, True, 0, first))
                    again.close()
                self.assertTrue(recipient.is_silent(0.3))
                sender.close()

    def test_a_resend_of_what_its_device_has_not_acknowledged_yet_is_answered_by_that(self):
        sender, recipient = self.client(self.a, "s7", capabilities=RECEIPTS), self.client(self.b, "r7", capabilities=ACKS)
        time.sleep(0.3)
        self.send(sender, "r7", "hi", 1)
        first = recipient.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        sender.close()
        again = self.client(self.b, "s7", capabilities=RECEIPTS)
        self.send(again, "r7", "hi", 1)
        self.assertTrue(recipient.is_silent(0.3))
        self.acknowledge(recipient, first)
        self.assertEqual(self.receipt(again), (1, True, 0, first))

    def test_a_node_that_dies_is_a_failure(self):
        c = self.cluster.add("c")
        time.sleep(0.5)
        sender, _ = self.client(self.a, "s5", capabilities=RECEIPTS), self.client(c, "r5", capabilities=ACKS)
        time.sleep(0.3)
        self.send(sender, "r5", "hi", 1)
        time.sleep(0.2)
        c.kill()
        self.assertEqual(self.receipt(sender, 6)[:3], (1, False, 9))
