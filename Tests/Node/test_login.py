"""Login, logout and what is served before login (open mode)."""

import re
import time
import unittest

import wire
from case import NodeTest


class Login(NodeTest):
    def test_success_has_a_session_id_of_32_hex_digits_and_the_requests_sequence(self):
        client = self.client()
        answer = client.login("alice", sequence=77)
        self.assertEqual(answer.get("code", 0), 0)
        self.assertTrue(answer["result"])
        self.assertRegex(client.session, r"^[0-9a-f]{32}$")

    def test_two_devices_of_a_user_get_different_sessions(self):
        self.assertNotEqual(self.client("twin", "phone").session, self.client("twin", "desk").session)

    def test_login_without_a_user_is_refused_and_closes(self):
        client = self.client()
        answer = client.login("")
        self.assertFalse(answer.get("result"))
        self.assertIn(answer["code"], (wire.LOGIN_FAILED, wire.NO_CREDENTIAL))
        client.wait_closed()

    def test_a_name_with_a_zero_byte_is_refused(self):
        client = self.client()
        self.assertEqual(client.login("al\0ice")["code"], wire.LOGIN_FAILED)
        client.wait_closed()

    def test_second_login_is_refused_and_the_session_stays(self):
        client = self.client("carol")
        session = client.session
        answer = client.login("dave", sequence=5)
        self.assertFalse(answer.get("result"))
        self.assertNotEqual(answer["code"], 0)
        self.assertEqual(client.session, session)
        other = self.client("dora")
        other.send(wire.chat("carol", "still there"))
        self.assertEqual(client.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "still there")

    def test_before_login_a_message_is_answered_with_code_5(self):
        client = self.client()
        answer = client.ask(wire.chat("alice", "hello", sequence=3, msg_id=8), wire.MESSAGE_RESPONSE)
        self.assertEqual(answer["sequence"], 3)
        self.assertEqual(answer["messageResponse"]["code"], wire.NOT_LOGGED_IN)
        self.assertEqual(answer["messageResponse"]["msg_id"], 8)
        self.assertTrue(client.login("late")["result"], "the connection is still good for a login")

    def test_logout_is_answered_with_its_sequence_then_the_node_closes(self):
        client = self.client("leaver")
        answer = client.ask(wire.message(wire.LOGOUT_REQUEST, 42), wire.LOGOUT_RESPONSE)
        self.assertEqual(answer["sequence"], 42)
        client.wait_closed()
        sender = self.client("leaver-friend")
        answer = sender.ask(wire.chat("leaver", "gone?"), wire.MESSAGE_RESPONSE)
        self.assertEqual(answer["messageResponse"]["code"], wire.UNAVAILABLE)

    def test_user_ids_of_any_language_and_length(self):
        for uid in ("ü", "张三", "a b/c:d", "x" * 200):
            receiver, sender = self.client(uid), self.client("sender-" + uid)
            sender.send(wire.chat(uid, "hello"))
            got = receiver.receive(wire.MESSAGE_REQUEST)["messageRequest"]
            self.assertEqual((got["from"], got["to"]), ("sender-" + uid, uid))

    def test_a_login_can_be_reached_at_once(self):
        sender = self.client("quick-sender")
        for round_number in range(20):
            receiver = self.client(f"quick{round_number}")
            sender.send(wire.chat(f"quick{round_number}", "now"))
            self.assertEqual(receiver.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "now")


class Heartbeats(NodeTest):
    def test_echo_is_byte_for_byte_before_and_after_login(self):
        beat = wire.heartbeat(7, uid="me", json='{"a":1}', unknown=wire.field(900, "kept"))
        client = self.client()
        client.send(beat)
        self.assertEqual(client.receive_frame(), beat)
        client.login("beater")
        client.send(beat)
        self.assertEqual(client.receive_frame(), beat)

    def test_echoes_keep_their_order(self):
        client = self.client("beats")
        beats = [wire.heartbeat(n) for n in range(1, 1001)]
        client.send(b"".join(beats))
        self.assertEqual([client.receive_frame() for _ in beats], beats)


class Timeouts(NodeTest):
    config = {"chat": {"login_timeout_seconds": 1, "read_idle_seconds": 2}}

    def test_login_timeout_counts_from_the_connection_and_heartbeats_do_not_help(self):
        client = self.client()
        started = time.monotonic()
        client.beat()
        client.wait_closed(5)
        took = time.monotonic() - started
        self.assertGreater(took, 0.8)
        self.assertLess(took, 3)

    def test_nothing_read_for_the_idle_time_closes_and_heartbeats_keep_open(self):
        idle, beating = self.client("idle"), self.client("beating")
        started = time.monotonic()
        closed_after = None
        while time.monotonic() - started < 4.5:
            beating.beat()
            if closed_after is None and not idle.is_silent(0.2):
                idle.wait_closed(1)
                closed_after = time.monotonic() - started
            elif closed_after is not None:
                time.sleep(0.2)
        self.assertIsNotNone(closed_after, "an idle connection stayed open")
        self.assertGreater(closed_after, 1.8)
        answer = beating.ask(wire.chat("idle", "?"), wire.MESSAGE_RESPONSE)
        self.assertEqual(answer["messageResponse"]["code"], wire.UNAVAILABLE, "the session ended with its connection")


class SessionIds(NodeTest):
    def test_they_are_not_guessable_counters(self):
        sessions = [self.client(f"s{n}").session for n in range(8)]
        self.assertEqual(len(set(sessions)), 8)
        self.assertTrue(all(re.fullmatch("[0-9a-f]{32}", session) for session in sessions))
        # Of 128 bits, two random ids differ in about 64; a counter's neighbours differ in a few.
        distances = [bin(int(a, 16) ^ int(b, 16)).count("1") for a, b in zip(sessions, sessions[1:])]
        self.assertGreater(sum(distances) / len(distances), 20)


class Stopped(NodeTest):
    """A rule that stops a login has let nobody in, whoever accepted it before."""

    plugins = {"halt": """
return { api = 1, inbound = { login_request = function(ctx, msg)
  if msg.uid == "waits" then hpush.sleep(0.01) end
  if msg.uid == "accepted" then ctx:accept { uid = msg.uid } end
  return hpush.stop
end } }
"""}
    pipeline = ["halt", {"login": {"mode": "open"}}, "chat_redirect"]

    def test_it_is_refused_at_once(self):
        for uid in ("at once", "waits", "accepted"):
            client = self.client()
            answer = client.login(uid)
            self.assertEqual((answer.get("result"), answer["code"]), (None, wire.LOGIN_FAILED), uid)
            client.wait_closed()

    def assert_alive(self):
        pass


if __name__ == "__main__":
    unittest.main()
