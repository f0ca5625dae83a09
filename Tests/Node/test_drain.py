"""A node that drains: clients are told, sessions are closed at a pace, the process ends with 0."""

import json
import signal
import time
import unittest

import wire
from client import Client, Closed
from node import Node

GATE = {"enabled": True, "host": "127.0.0.1", "port": 0, "url": "https://gate.example"}


class Drain(unittest.TestCase):
    def node(self, per_second, seconds, threads=1):
        node = Node({
            "node": {"name": "leaver"}, "gate": GATE,
            "chat": {"drain_per_second": per_second, "drain_seconds": seconds, "threads": threads}}).start()
        self.addCleanup(node.remove)
        return node

    def clients(self, node, count):
        clients = [node.client(f"u{n}") for n in range(count)]
        for client in clients:
            self.addCleanup(client.close)
        return clients

    def closing_times(self, clients, timeout=30):
        """When each was closed, in seconds from now, sorted."""
        started = time.monotonic()
        left, times = list(clients), []
        while left and time.monotonic() - started < timeout:
            for client in list(left):
                try:
                    client.receive_frame(0.005)
                except TimeoutError:
                    continue
                except Closed:
                    times.append(time.monotonic() - started)
                    left.remove(client)
        self.assertEqual(left, [], "sessions that were not closed")
        return sorted(times)

    def assert_told(self, client, seconds):
        notice = json.loads(client.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])
        self.assertEqual(notice, {"type": 40, "data": {
            "reason": "drain", "node": "leaver", "seconds": seconds, "gate": "https://gate.example"}})

    def test_sessions_are_told_and_closed_at_the_rate(self):
        for threads in (1, 2):
            with self.subTest(threads=threads):
                node = self.node(per_second=10, seconds=30, threads=threads)
                clients = self.clients(node, 20)
                node.process.send_signal(signal.SIGTERM)
                for client in clients:
                    self.assert_told(client, 30)
                times = self.closing_times(clients)
                # Twenty at ten a second; the first half is gone before half of the time is.
                self.assertGreater(times[-1], 1.5)
                self.assertLess(times[-1], 6)
                self.assertGreater(times[10], 0.5)
                self.assertLess(times[1], times[-1] / 2)
                self.assertEqual(node.process.wait(20), 0)

    def test_what_is_left_at_the_deadline_is_closed_at_once(self):
        node = self.node(per_second=1, seconds=2)
        clients = self.clients(node, 30)
        started = time.monotonic()
        node.process.send_signal(signal.SIGTERM)
        times = self.closing_times(clients)
        self.assertGreater(times[-1], 1)
        self.assertEqual(node.process.wait(20), 0)
        self.assertLess(time.monotonic() - started, 8)

    def test_zero_closes_all_at_once(self):
        node = self.node(per_second=0, seconds=30)
        clients = self.clients(node, 10)
        node.process.send_signal(signal.SIGTERM)
        self.assert_told(clients[0], 0)
        self.assertLess(self.closing_times(clients)[-1], 2)
        self.assertEqual(node.process.wait(20), 0)

    def test_without_sessions_the_end_is_immediate(self):
        node = self.node(per_second=1, seconds=30)
        idle = node.client()
        self.addCleanup(idle.close)
        started = time.monotonic()
        self.assertEqual(node.stop(), 0)
        self.assertLess(time.monotonic() - started, 5)

    def test_messages_go_on_between_those_who_are_still_there(self):
        node = self.node(per_second=1, seconds=30)
        clients = self.clients(node, 6)
        node.process.send_signal(signal.SIGTERM)
        for client in clients:
            self.assert_told(client, 30)
        # Those that came last go first.
        clients[0].send(wire.chat("u1", "still here"))
        self.assertEqual(clients[1].receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "still here")

    def test_a_login_that_waits_when_the_drain_begins_is_refused(self):
        slow = """return { api = 1, inbound = { login_request = function(ctx, msg)
          if msg.uid == "slow" then hpush.sleep(1.5) end end } }"""
        node = Node({"chat": {"drain_per_second": 1, "drain_seconds": 20}}, [{"login": {"mode": "open"}}, "slow", "chat_redirect"],
                    plugins={"slow": slow}).start()
        self.addCleanup(node.remove)
        (stays, late), waiting = self.clients(node, 2), node.client()
        self.addCleanup(waiting.close)
        waiting.send(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "slow", "token": "t"}))
        time.sleep(0.3)
        node.process.send_signal(signal.SIGTERM)
        answer = waiting.receive(wire.LOGIN_RESPONSE)["loginResponse"]
        self.assertEqual((answer.get("result", False), answer["code"]), (False, wire.UNAVAILABLE))
        self.assertEqual(node.process.wait(20), 0)

    def test_the_admin_listener_and_the_gate_know(self):
        node = self.node(per_second=1, seconds=3)
        clients = self.clients(node, 10)
        status, answer = node.json("/v1/drain", method="POST")
        self.assertEqual((status, answer), (202, {"draining": True}))
        for client in clients:
            self.assert_told(client, 3)
        self.assertEqual(node.http("/readyz")[0], 503)
        self.assertEqual(node.http("/healthz")[0], 200)
        self.assertEqual(node.json("/v1/status")[1]["state"], "draining")
        status, text = node.http("/user/getImNode", port="gate")
        self.assertEqual((status, json.loads(text)["error"]["code"]), (404, "no_node"))
        status, text = node.http("/v1/login", method="POST", body={"user": "late"}, port="gate")
        self.assertEqual((status, json.loads(text)["error"]["code"]), (503, "no_node"))
        self.assertTrue(json.loads(node.http("/v1/nodes", port="gate")[1])["nodes"][0]["draining"])
        self.assertEqual(node.http("/v1/drain", method="POST")[0], 202, "once more is no error")
        with self.assertRaises(OSError):
            Client(node.ports["chat"])
        # As after SIGTERM.
        self.closing_times(clients)
        self.assertEqual(node.process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
