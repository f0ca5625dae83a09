"""Login mode `password`: accounts made with `hpush user`, and the codes that need accounts."""

import json
import unittest

import wire
from case import NodeTest
from node import run_command


class Passwords(NodeTest):
    pipeline = [{"login": {"mode": "password"}}, "chat_redirect"]

    @classmethod
    def prepare(cls):
        for name, password in (("alice", "wonder land"), ("bob", "builder"), ("offline", "x")):
            cls.hpush("user", "add", name, "--password", password)

    @classmethod
    def hpush(cls, *arguments):
        done = run_command(*arguments, "--config", cls.node.file)
        assert done.returncode == 0, f"hpush {arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def test_right_password(self):
        self.assertTrue(self.client().login("alice", token="wonder land")["result"])

    def test_wrong_password_and_unknown_user_look_alike_and_close(self):
        answers = []
        for uid, token in (("alice", "wonderland"), ("nobody", "wonder land")):
            client = self.client()
            answer = client.login(uid, token=token)
            self.assertFalse(answer.get("result"))
            self.assertEqual(answer["code"], wire.LOGIN_FAILED)
            client.wait_closed()
            answers.append(json.dumps(answer, sort_keys=True))
        self.assertEqual(answers[0], answers[1])

    def test_a_name_ends_where_it_ends_not_at_a_zero_byte(self):
        for uid in ("alice\0", "alice\0x", "\0alice"):
            client = self.client()
            answer = client.login(uid, token="wonder land")
            self.assertEqual((answer.get("result"), answer["code"]), (None, wire.LOGIN_FAILED), uid)
            client.wait_closed()

    def test_no_password_is_code_2(self):
        client = self.client()
        self.assertEqual(client.login("alice", token="")["code"], wire.NO_CREDENTIAL)
        client.wait_closed()

    def test_message_to_an_unknown_user_is_code_6_and_to_one_offline_code_9(self):
        client = self.client("alice", token="wonder land")
        for to, code in (("nobody", wire.NO_SUCH_USER), ("offline", wire.UNAVAILABLE)):
            answer = client.ask(wire.chat(to, "hello", sequence=31, msg_id=12), wire.MESSAGE_RESPONSE)
            self.assertEqual(answer["sequence"], 31)
            self.assertEqual(answer["messageResponse"]["msg_id"], 12)
            self.assertEqual(answer["messageResponse"]["code"], code, to)
            self.assertFalse(answer["messageResponse"].get("result"))

    def test_a_running_node_sees_new_accounts_and_passwords(self):
        self.hpush("user", "add", "newcomer", "--password", "first")
        self.assertTrue(self.client().login("newcomer", token="first")["result"])
        self.hpush("user", "passwd", "newcomer", "--password", "second")
        self.assertFalse(self.client().login("newcomer", token="first").get("result"))
        self.assertTrue(self.client().login("newcomer", token="second")["result"])
        self.assertIn("newcomer", self.hpush("user", "list"))
        self.hpush("user", "remove", "newcomer")
        self.assertFalse(self.client().login("newcomer", token="second").get("result"))

    def test_a_slow_hash_does_not_hold_up_others(self):
        bob = self.client("bob", token="builder")
        waiting = [self.client() for _ in range(8)]
        for number, client in enumerate(waiting):
            client.send(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "alice", "deviceId": f"d{number}", "token": "wrong"}))
        self.assertLess(max(bob.beat() for _ in range(50)), 1)
        for client in waiting:
            self.assertFalse(client.receive(wire.LOGIN_RESPONSE, timeout=30)["loginResponse"].get("result"))


if __name__ == "__main__":
    unittest.main()
