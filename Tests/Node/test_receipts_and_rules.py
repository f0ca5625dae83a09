"""Receipts where rules decide: commands, waiting handlers, copies, kept and changed messages, acknowledgements, reloads."""

import time
import unittest

import wire
from case import NodeTest
from rules import RulesNode

RULE = """
local M = { api = 1, version = "1", needs = { "redirect", "sessions" }, inbound = {}, outbound = {}, routes = {} }

function M.inbound.message_request(ctx, msg)
  local word, rest = msg.content:match("^(%S+) ?(.*)")
  if word == "command" then return hpush.stop end
  if word == "answer" then
    ctx.session:send { to = ctx.uid, from = "bot", content = "at your service" }
    return hpush.stop
  elseif word == "wait" then
    hpush.sleep(tonumber(rest))
  elseif word == "number" then
    msg.content = "number " .. msg.server_id
  elseif word == "forge" then
    msg.server_id = 5
  elseif word == "vain" then
    hpush.redirect(msg)
    return hpush.stop
  elseif word == "fails" then
    hpush.redirect(msg)
    error("after it was sent")
  elseif word == "rejects" then
    return hpush.reject { code = 7, info = "not " .. hpush.shared.incr("rejects") }
  elseif word == "slower" then
    if hpush.shared.incr("slower") == 1 then return hpush.reject { code = 4 } end
  elseif word == "close" then
    return hpush.close { code = 7, info = "away" }
  elseif word == "sessions" then
    for _, session in ipairs(hpush.sessions.of_user(msg.to)) do session:send(msg) end
    return hpush.stop
  elseif word == "sleeps" then
    hpush.redirect(msg)
    hpush.sleep(0.4)
    return hpush.stop
  end
end

function M.outbound.message_request(ctx, msg)
  if msg.content == "kept" then return hpush.stop end
  if msg.content == "seen" then msg.content = "seen " .. msg.server_id end
end

function M.inbound.message_ack(ctx, ack)
  for _, id in ipairs(ack.server_id) do hpush.shared.set("ack", tostring(id)) end
  local how = hpush.shared.get("how")
  if how == "wait" then hpush.sleep(0.3) end
  if how == "reject" then return hpush.reject { code = 7, info = "not yet" } end
end

function M.routes.get(ctx, body) return tostring(hpush.shared.get(body)) end
function M.routes.how(ctx, body) hpush.shared.set("how", body) end
return M
"""


class Rules(NodeTest):
    config = {"chat": {"receipt_seconds": 1}}
    plugins = {"rule": RULE}
    pipeline = [{"login": {"mode": "open"}}, "rule", "chat_redirect"]

    def setUp(self):
        self.alice = self.client("alice", self.id(), capabilities=wire.RECEIPTS)
        self.sequence = 0

    def ask(self, content, to="bob", msg_id=None):
        self.sequence += 1
        self.alice.send(wire.chat(to, content, sequence=self.sequence, msg_id=self.sequence if msg_id is None else msg_id))

    def answer(self, sequence=None):
        answer = self.alice.receive_until(wire.MESSAGE_RESPONSE)
        self.assertEqual(answer["sequence"], sequence or self.sequence)
        return answer["messageResponse"]

    def assert_success(self, sequence=None):
        response = self.answer(sequence)
        self.assertTrue(response.get("result"), response)
        return response["server_id"]

    def assert_code(self, code, sequence=None):
        response = self.answer(sequence)
        self.assertEqual((response.get("result", False), response["code"]), (False, code), response)
        return response

    def message(self, client):
        return client.receive(wire.MESSAGE_REQUEST)["messageRequest"]

    def acknowledge(self, client, number):
        client.send(wire.message(wire.MESSAGE_ACK, 77, ack={"server_id": [number]}))

    def test_what_a_rule_handles_is_a_success(self):
        self.ask("command")
        self.assert_success()
        self.ask("answer")
        self.assertEqual(self.message(self.alice)["content"], "at your service")
        self.assert_success()

    def test_sent_in_vain_and_stopped_is_none(self):
        self.ask("vain", to="nobody")
        self.assert_code(wire.UNAVAILABLE)

    def test_rules_see_the_number_and_cannot_change_it(self):
        bob = self.client("bob")
        self.ask("number")
        got = self.message(bob)
        self.assertEqual(got["content"], f"number {got['server_id']}")
        self.assertEqual(self.assert_success(), got["server_id"])
        self.ask("forge")
        self.assert_code(wire.UNKNOWN_ERROR)

    def test_outbound_handlers_see_it_also_of_old_senders(self):
        old, bob = self.client("old"), self.client("bob", capabilities=wire.ACKS)
        old.send(wire.chat("bob", "seen"))
        got = self.message(bob)
        self.assertEqual(got["content"], f"seen {got['server_id']}")

    def test_kept_by_a_rule_on_its_way_out_counts_as_handled(self):
        bob = self.client("bob")
        self.ask("kept")
        self.assert_success()
        self.assertTrue(bob.is_silent())

    def test_sent_session_by_session(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.ask("sessions")
        number = self.message(bob)["server_id"]
        self.assertTrue(self.alice.is_silent())
        self.acknowledge(bob, number)
        self.assertEqual(self.assert_success(), number)

    def test_a_copy_for_ones_own_devices_is_no_success(self):
        tablet = self.client("alice", "tablet")
        self.ask("echo")
        self.assert_code(wire.UNAVAILABLE)
        self.assertTrue(tablet.is_silent(0))

    def test_answers_keep_their_order_over_handlers_that_wait(self):
        bob = self.client("bob")
        for content, to in (("one", "bob"), ("wait 0.3", "bob"), ("two", "nobody"), ("wait 0.1", "nobody"), ("three", "bob")):
            self.ask(content, to)
        self.assert_success(1)
        self.assert_success(2)
        self.assert_code(wire.UNAVAILABLE, 3)
        self.assert_code(wire.UNAVAILABLE, 4)
        self.assert_success(5)
        self.assertEqual([self.message(bob)["content"] for _ in range(3)], ["one", "wait 0.3", "three"])

    def test_success_comes_with_the_end_of_the_rules(self):
        bob = self.client("bob")
        started = time.monotonic()
        self.ask("sleeps")
        self.message(bob)
        self.assert_success()
        self.assertGreater(time.monotonic() - started, 0.35)

    def test_a_sender_that_leaves_while_its_rules_wait_may_try_again(self):
        bob = self.client("bob")
        self.ask("wait 0.4", msg_id=5)
        time.sleep(0.1)
        self.alice.break_off()
        self.alice = self.client("alice", self.id(), capabilities=wire.RECEIPTS)
        time.sleep(0.1)
        self.ask("wait 0.1", msg_id=5)
        self.assert_success()
        self.assertEqual(self.message(bob)["content"], "wait 0.1")
        self.assertTrue(bob.is_silent(0.5))

    def test_rules_that_fail_after_it_was_sent(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.ask("fails", msg_id=5)
        number = self.message(bob)["server_id"]
        self.assert_code(wire.UNKNOWN_ERROR)
        self.acknowledge(bob, number)
        bob.beat()
        time.sleep(0.1)
        self.ask("fails", msg_id=5)
        self.assertEqual(self.assert_success(), number, "it is there: it is not sent again")
        self.assertTrue(bob.is_silent())

    def test_a_rejection_is_remembered_one_that_may_pass_is_not(self):
        self.client("bob")
        for _ in range(2):
            self.ask("rejects", msg_id=5)
            self.assertEqual(self.assert_code(wire.REJECTED)["info"], "not 1")
        self.ask("slower", msg_id=6)
        self.assert_code(wire.TOO_MANY)
        self.ask("slower", msg_id=6)
        self.assert_success()

    def test_a_close_tells_why_whatever_is_open(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.ask("hi")
        self.message(bob)
        self.ask("close")
        self.assert_code(wire.REJECTED)
        self.alice.wait_closed()

    # Acknowledgements

    def how(self, how):
        self.client("control").call("how", how.encode())
        self.addCleanup(lambda: self.client("control").call("how", b"") if how else None)

    def test_acknowledgements_pass_their_handlers(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.ask("hi")
        number = self.message(bob)["server_id"]
        self.acknowledge(bob, number)
        self.assert_success()
        self.assertEqual(bob.call("get", b"ack"), (0, str(number)))

    def test_a_handler_may_wait_and_nothing_waits_behind_it(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.how("wait")
        self.ask("hi")
        number = self.message(bob)["server_id"]
        started = time.monotonic()
        self.acknowledge(bob, number)
        self.assertEqual(bob.call("get", b"ack"), (0, str(number)))
        self.assertLess(time.monotonic() - started, 0.25)
        self.assert_success()
        self.assertGreater(time.monotonic() - started, 0.25)

    def test_a_handler_may_refuse_one(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.how("reject")
        self.ask("hi")
        self.acknowledge(bob, self.message(bob)["server_id"])
        refusal = bob.receive(wire.MESSAGE_RESPONSE)
        self.assertEqual((refusal["sequence"], refusal["messageResponse"]["code"]), (77, wire.REJECTED))
        self.assert_code(wire.UNAVAILABLE)

    def test_an_acknowledgement_does_not_wait_behind_a_handler(self):
        bob = self.client("bob", capabilities=wire.ACKS)
        self.ask("hi")
        number = self.message(bob)["server_id"]
        started = time.monotonic()
        bob.send(wire.chat("nobody", "wait 0.8"))
        self.acknowledge(bob, number)
        self.assert_success()
        self.assertLess(time.monotonic() - started, 0.5)


class RulesOnTwoLoops(Rules):
    config = {"chat": {"receipt_seconds": 1, "threads": 2}}


class Echo(NodeTest):
    config = {"chat": {"receipt_seconds": 1}}
    pipeline = [{"login": {"mode": "open"}}, {"chat_redirect": {"echo_to_own_devices": True}}]

    def test_ones_own_devices_do_not_stand_for_the_recipient(self):
        alice, tablet = self.client("alice", capabilities=wire.RECEIPTS), self.client("alice", "tablet")
        bob = self.client("bob", capabilities=wire.ACKS)
        alice.send(wire.chat("bob", "hi", sequence=1, msg_id=1))
        number = bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        self.assertEqual(tablet.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"], number)
        self.assertTrue(alice.is_silent(0.3))
        bob.close()
        self.assertEqual(alice.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["code"], wire.UNAVAILABLE)


class Reloads(unittest.TestCase):
    def test_receipts_and_what_is_remembered_outlive_a_reload(self):
        node = RulesNode({"rule": RULE}, {"chat": {"threads": 2}})
        self.addCleanup(node.remove)
        node.start()
        with node.client("alice", capabilities=wire.RECEIPTS) as alice, node.client("bob", capabilities=wire.ACKS) as bob:
            alice.send(wire.chat("bob", "hi", sequence=1, msg_id=1) + wire.chat("bob", "wait 1", sequence=2, msg_id=2))
            first = bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
            node.write("rule", RULE.replace('version = "1"', 'version = "2"'))
            self.assertEqual(node.reload_well(), 2)
            bob.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [first]}))
            answer = alice.receive(wire.MESSAGE_RESPONSE)
            self.assertEqual((answer["sequence"], answer["messageResponse"].get("server_id")), (1, first))
            second = bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
            bob.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [second]}))
            answer = alice.receive(wire.MESSAGE_RESPONSE)
            self.assertEqual((answer["sequence"], answer["messageResponse"].get("server_id")), (2, second))
            self.assertEqual(node.reload_well("rollback"), 3)
            alice.send(wire.chat("bob", "hi", sequence=3, msg_id=1))
            answer = alice.receive(wire.MESSAGE_RESPONSE)
            self.assertEqual((answer["sequence"], answer["messageResponse"].get("server_id")), (3, first))
            self.assertTrue(bob.is_silent())


if __name__ == "__main__":
    unittest.main()
