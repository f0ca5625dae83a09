"""20,000 messages from one session to another arrive complete and in order."""

import threading
import unittest

import wire
from case import NodeTest

COUNT = 20_000


class Order(NodeTest):
    config = {"chat": {"threads": 1}}

    def stream(self, sender, receiver, to, name):
        frames = [wire.chat(to, f"{n}", sequence=n, msg_id=n, **{"from": name}) for n in range(1, COUNT + 1)]
        writer = threading.Thread(target=lambda: [sender.send(b"".join(frames[n:n + 64])) for n in range(0, COUNT, 64)])
        writer.start()
        try:
            for number, frame in enumerate(frames, 1):
                self.assertEqual(receiver.receive_frame(), frame, f"message {number}")
        finally:
            writer.join(20)

    def test_one_pair(self):
        self.stream(self.client("a"), self.client("b"), "b", "a")

    def test_pairs_at_once(self):
        pairs = [(self.client(f"s{n}"), self.client(f"r{n}"), f"r{n}", f"s{n}") for n in range(3)]
        faults = []

        def run(pair):
            try:
                self.stream(*pair)
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=run, args=(pair,)) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]


class OrderAcrossLoops(Order):
    config = {"chat": {"threads": 2}}


if __name__ == "__main__":
    unittest.main()
