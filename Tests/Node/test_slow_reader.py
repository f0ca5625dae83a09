"""A client that stops reading while 100 MB are sent to it."""

import threading
import time
import unittest

import wire
from case import NodeTest
from client import Client, Closed

MEGABYTES = 100


class SlowReader(NodeTest):
    # The slow reader may stay a while in the first half of the test, and must be gone in the second.
    config = {"chat": {"slow_consumer_seconds": 6}}

    def test_memory_stays_others_are_served_the_sender_is_told_and_the_slow_one_is_closed(self):
        # A small receive buffer, so that the kernel does not take the 100 MB.
        slow = self.node.client("slow", receive_buffer=4096)
        self.addCleanup(slow.close)
        other, friend = self.client("other"), self.client("friend")
        before = peak = self.node.resident_bytes()
        sender, codes, done = Flood(self.node.ports["chat"]), [], threading.Event()
        self.addCleanup(sender.client.close)
        sender.start(codes, done)
        slowest, started = 0, time.monotonic()
        while not done.is_set():
            slowest = max(slowest, other.beat())
            friend.send(wire.chat("other", "go on"))
            self.assertEqual(other.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "go on")
            peak = max(peak, self.node.resident_bytes())
            self.assertLess(time.monotonic() - started, 60, f"{sender.sent} of {MEGABYTES} MB taken after a minute")
            time.sleep(0.02)
        sender.join()
        self.assertIsNone(sender.fault)
        self.assertEqual(sender.sent, MEGABYTES)
        self.assertLess(peak - before, 64 << 20, "bytes the node grew")
        self.assertLess(slowest, 1, "seconds of the slowest heartbeat of another client")
        self.assertIn(wire.UNAVAILABLE, codes)
        self.assertEqual(set(codes), {wire.UNAVAILABLE})
        self.node.await_metric("hpush_connections_closed_total", 1, timeout=15, reason="slow_consumer")
        # The recipient is gone: what was in its socket can still be read, then the end.
        with self.assertRaises(Closed):
            for _ in range(MEGABYTES * 100):
                slow.receive_frame(5)
        self.assert_alive()


class Flood:
    """Sends 100 MB to the user `slow` as fast as the node takes it, and reads the answers."""

    def __init__(self, port):
        self.client = Client(port)
        self.client.login("sender")
        # The answers come on the same socket and are read by another thread.
        self.client.socket.settimeout(60)
        self.sent, self.fault, self.threads = 0, None, []

    def start(self, codes, done):
        self.threads = [threading.Thread(target=self.write, args=(done,)), threading.Thread(target=self.read, args=(codes, done))]
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(20)

    def write(self, done):
        try:
            frame = wire.chat("slow", "x" * 16_000)
            megabyte = frame * (1_000_000 // len(frame))
            while self.sent < MEGABYTES:
                self.client.socket.sendall(megabyte)
                self.sent += 1
        except OSError as fault:
            self.fault = fault
        finally:
            done.set()

    def read(self, codes, done):
        data = bytearray()
        while not done.is_set():
            try:
                data += self.client.socket.recv(1 << 16)
            except OSError:
                return
            while len(data) >= 8 and len(data) >= 8 + int.from_bytes(data[4:8], "big"):
                length = int.from_bytes(data[4:8], "big")
                message = wire.decode(bytes(data[8:8 + length]))
                del data[:8 + length]
                codes.append(message["messageResponse"]["code"])


if __name__ == "__main__":
    unittest.main()
