"""Connections in numbers: 10,000 that never log in, and the limit of connections."""

import resource
import socket
import time
import unittest

from case import NodeTest
from client import Closed

WANTED = 10_000
# This process and the node need a descriptor each for every connection; some are left for the rest.
POSSIBLE = min(WANTED, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)


def open_connections(port, count):
    """Many connections, opened in batches without waiting for each; the addresses of loopback differ, so that ports do not run out."""
    sockets = []
    for number in range(count):
        connection = socket.socket()
        connection.settimeout(10)
        connection.bind((f"127.0.0.{2 + number % 4}", 0))
        connection.connect(("127.0.0.1", port))
        sockets.append(connection)
    return sockets


class NeverLogIn(NodeTest):
    config = {"chat": {"login_timeout_seconds": 8}}

    def wait_connections(self, wanted, timeout):
        deadline = time.monotonic() + timeout
        while (count := self.node.metric("hpush_connections")) > wanted:
            self.assertLess(time.monotonic(), deadline, f"{count} connections are left")
            time.sleep(0.05)

    @unittest.skipIf(POSSIBLE < 1000, "this machine allows too few descriptors (ulimit -n)")
    def test_they_are_closed_by_the_login_timeout_and_the_node_serves_meanwhile(self):
        user = self.client("user")
        # The first round grows what a node keeps for so many (tables, pools); the second must not grow it again.
        resident = []
        for _ in range(2):
            sockets = open_connections(self.node.ports["chat"], POSSIBLE)
            try:
                self.assertLess(max(user.beat() for _ in range(20)), 1)
                self.node.await_metric("hpush_connections", POSSIBLE)
                self.wait_connections(1, timeout=30)
                self.assertLess(max(user.beat() for _ in range(20)), 1)
                self.assertEqual(sockets[0].recv(1), b"")
                self.assertEqual(sockets[-1].recv(1), b"")
            finally:
                for connection in sockets:
                    connection.close()
            resident.append(self.node.resident_bytes())
        self.assertEqual(self.node.metric("hpush_connections_closed_total", reason="login_timeout"), 2 * POSSIBLE)
        self.assertLess(resident[1], resident[0] * 1.1 + (2 << 20), f"resident bytes after each round: {resident}")


class Limit(NodeTest):
    config = {"chat": {"max_connections": 3}}

    def test_one_over_the_limit_is_closed_at_once_and_a_place_that_falls_free_is_taken(self):
        clients = [self.client(f"u{n}") for n in range(3)]
        with self.node.client() as surplus:
            self.assertLess(surplus.wait_closed(5), 5)
        self.node.await_metric("hpush_connections_closed_total", 1, reason="connection_limit")
        self.assertLess(clients[0].beat(), 1)
        clients[0].close()
        deadline = time.monotonic() + 5
        while True:
            try:
                with self.node.client("next"):
                    break
            except (Closed, ConnectionError):
                self.assertLess(time.monotonic(), deadline, "no place fell free")
                time.sleep(0.02)


if __name__ == "__main__":
    unittest.main()
