"""Handlers that wait: who waits behind them, who does not, and what ends them."""

import time
import unittest

import wire
from case import NodeTest
from client import Closed

PLUGIN = """
local M = { api = 1, needs = { "redirect", "sessions" }, inbound = {}, routes = {}, events = {}, timers = {} }

-- "wait N ..." waits N seconds before it goes on its way; "wait2 N" twice.
function M.inbound.message_request(ctx, msg)
  local times, seconds = msg.content:match("^wait(2?) ([%d.]+)")
  if not times then return end
  hpush.shared.incr("started")
  hpush.sleep(tonumber(seconds))
  if times == "2" then hpush.sleep(tonumber(seconds)) end
  hpush.shared.incr("went on")
end

function M.events.session_close(ctx) hpush.shared.incr("closed") end
function M.routes.get(ctx, body) return tostring(hpush.shared.get(body) or 0) end
function M.routes.wait(ctx, body) hpush.sleep(tonumber(body)) return "waited " .. body end
function M.routes.spawn(ctx, body)
  for i = 1, tonumber(body) do hpush.spawn(function() hpush.sleep(0.3) hpush.shared.incr("spawned") end) end
end
return M
"""


class Waiting(NodeTest):
    plugins = {"waiter": PLUGIN}
    pipeline = [{"login": {"mode": "open"}}, "waiter", "chat_redirect"]
    config = {"plugins": {"limits": {"wait_ms": 1000}}}

    def setUp(self):
        self.bob = self.client("bob")

    def count(self, key):
        with self.node.client("counter") as client:
            return float(client.call("get", key.encode())[1])

    def await_count(self, key, number):
        deadline = time.monotonic() + 5
        while self.count(key) < number:
            self.assertLess(time.monotonic(), deadline, f"{key} stays below {number}")
            time.sleep(0.02)

    def received(self, count=1):
        return [self.bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in range(count)]

    def test_later_messages_of_the_session_wait_in_their_order(self):
        alice = self.client("alice")
        sent = ["a", "wait 0.3", "b", "c", "wait 0.1", "d"]
        alice.send(b"".join(wire.chat("bob", text, sequence=n) for n, text in enumerate(sent, 1)))
        self.assertEqual(self.received(6), sent)

    def test_more_than_may_wait_arrives_whole_and_in_order(self):
        """Reading stops behind the wait; what was put aside before goes on before what is read then."""
        alice = self.client("alice")
        sent = ["wait 0.3"] + [f"{n} " + "x" * 40 for n in range(4000)]
        alice.send(b"".join(wire.chat("bob", text, sequence=n) for n, text in enumerate(sent, 1)))
        self.assertEqual(self.received(len(sent)), sent)

    def test_other_sessions_do_not_wait_also_of_the_same_user(self):
        alice, again = self.client("alice"), self.client("alice", "d1")
        alice.send(wire.chat("bob", "wait 0.5"))
        self.await_count("started", 1)
        again.send(wire.chat("bob", "other device"))
        self.assertEqual(self.received(2), ["other device", "wait 0.5"])

    def test_heartbeats_and_acknowledgements_do_not_wait(self):
        alice = self.client("alice")
        alice.send(wire.chat("bob", "wait 0.8"))
        alice.send(wire.message(wire.MESSAGE_ACK, 2, ack={"server_id": [1]}))
        self.assertLess(alice.beat(), 0.4)
        self.assertTrue(self.bob.is_silent(0))
        self.assertEqual(self.received(), ["wait 0.8"])

    def test_what_waits_is_bounded_then_reading_stops(self):
        alice = self.client("alice")
        alice.socket.settimeout(0.3)
        alice.send(wire.chat("bob", "wait 0.9"))
        sent, big = 0, wire.chat("bob", "x" * 60_000)
        try:
            while sent < 400:
                alice.socket.sendall(big)
                sent += 1
            self.fail("24 MB were taken behind a handler that waits")
        except TimeoutError:
            pass
        # What was cut in the middle of a frame can't be finished: only the whole ones count.
        self.assertEqual(self.received(), ["wait 0.9"])
        self.assertGreater(len(self.received(sent)), 0)

    def test_a_frame_over_the_bound_waits_by_itself(self):
        alice = self.client("alice")
        alice.send(wire.chat("bob", "wait 0.3") + wire.chat("bob", "y" * 500_000) + wire.chat("bob", "last"))
        self.assertEqual([text[:1] for text in self.received(3)], ["w", "y", "l"])

    def test_too_long_a_wait_fails_the_message_and_the_next_ones_go_on(self):
        alice = self.client("alice")
        kills = self.node.metric("hpush_plugin_budget_kills_total", plugin="waiter", handler="inbound.message_request")
        alice.send(wire.chat("bob", "wait 3", sequence=7, msg_id=70) + wire.chat("bob", "next"))
        started = time.monotonic()
        answer = alice.receive(wire.MESSAGE_RESPONSE)
        self.assertTrue(0.8 < time.monotonic() - started < 2)
        self.assertEqual((answer["sequence"], answer["messageResponse"]["msg_id"]), (7, 70))
        self.assertEqual(answer["messageResponse"]["code"], wire.UNKNOWN_ERROR)
        self.assertEqual(self.received(), ["next"])
        self.node.await_metric("hpush_plugin_failures_total", 1, kind="wait")
        self.node.await_metric("hpush_plugin_budget_kills_total", kills + 1, plugin="waiter", handler="inbound.message_request")
        self.assertRegex(self.node.log_text(), r"waiter.lua:9: waited longer than its budget \(plugins.limits.wait_ms\).*plugin=waiter")

    def test_the_waits_of_a_message_count_together(self):
        alice = self.client("alice")
        started = time.monotonic()
        answer = alice.ask(wire.chat("bob", "wait2 0.7"), wire.MESSAGE_RESPONSE)
        self.assertTrue(0.8 < time.monotonic() - started < 1.35)
        self.assertEqual(answer["messageResponse"]["code"], wire.UNKNOWN_ERROR)

    def test_a_session_that_ends_takes_its_waiting_handler_along(self):
        alice = self.client("alice")
        started, went_on = self.count("started"), self.count("went on")
        closed = self.count("closed")
        alice.send(wire.chat("bob", "wait 0.6") + wire.chat("bob", "behind it"))
        self.await_count("started", started + 1)
        alice.break_off()
        self.await_count("closed", closed + 1)
        time.sleep(0.8)
        self.assertEqual(self.count("went on"), went_on)
        self.assertTrue(self.bob.is_silent(0))

    def test_a_client_that_hangs_up_is_served_to_the_end(self):
        alice, closed = self.client("alice"), self.count("closed")
        alice.send(wire.chat("bob", "wait 0.3") + wire.chat("bob", "wait 0.2 more") + wire.chat("bob", "behind them"))
        alice.close()
        self.assertEqual([self.bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in range(3)],
                         ["wait 0.3", "wait 0.2 more", "behind them"])
        self.await_count("closed", closed + 1)

    def test_a_route_that_waits_answers_its_request(self):
        alice = self.client("alice")
        self.assertEqual(alice.call("wait", b"0.2"), (0, "waited 0.2"))
        self.assertNotEqual(alice.call("wait", b"5")[0], 0)
        self.assertEqual(alice.call("wait", b"0"), (0, "waited 0"))

    def test_spawned_functions_wait_side_by_side(self):
        spawned = self.count("spawned")
        started = time.monotonic()
        self.client("alice").call("spawn", b"500")
        self.await_count("spawned", spawned + 500)
        self.assertLess(time.monotonic() - started, 3)

    def test_logout_waits_its_turn(self):
        alice = self.client("alice")
        alice.send(wire.chat("bob", "wait 0.3") + wire.message(wire.LOGOUT_REQUEST, 9))
        self.assertEqual(self.received(), ["wait 0.3"])
        self.assertEqual(alice.receive(wire.LOGOUT_RESPONSE)["sequence"], 9)
        with self.assertRaises(Closed):
            alice.receive()


class WaitingOnManyLoops(Waiting):
    config = {"chat": {"threads": 2}, "plugins": {"limits": {"wait_ms": 1000}}}


class FewMayWait(NodeTest):
    plugins = {"waiter": PLUGIN}
    pipeline = [{"login": {"mode": "open"}}, "waiter", "chat_redirect"]
    config = {"plugins": {"limits": {"suspended": 5}}}

    def test_beyond_the_number_messages_are_refused(self):
        clients = [self.client(f"c{n}") for n in range(10)]
        for client in clients:
            client.send(wire.chat("nobody", "wait 1"))
        started = time.monotonic()
        answers = [client.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["code"] for client in reversed(clients)]
        self.assertGreater(time.monotonic() - started, 0.5)
        self.assertGreaterEqual(answers.count(wire.UNKNOWN_ERROR), 4, answers)
        self.node.await_metric("hpush_plugin_failures_total", 4, kind="busy")
        self.assert_alive()


if __name__ == "__main__":
    unittest.main()
