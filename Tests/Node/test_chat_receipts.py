"""`hpush chat` with a node that answers: what was not answered is sent again, and is there once."""

import subprocess
import unittest

import wire
from case import NodeTest
from cutting_proxy import CuttingProxy
from node import BINARY


class ChatReceipts(NodeTest):
    config = {"chat": {"receipt_seconds": 2}}

    def chat(self, port, user, *options, text=None):
        chat = subprocess.Popen(
            [BINARY, "chat", "--node", f"127.0.0.1:{port}", "--user", user, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(chat.wait)
        self.addCleanup(chat.kill)
        self.addCleanup(chat.stdout.close)
        if text is not None:
            chat.stdin.write(text)
            chat.stdin.close()
        return chat

    def test_a_message_whose_answer_got_lost_is_sent_again_and_arrives_once(self):
        bob = self.client("bob")
        proxy = CuttingProxy(self.node.ports["chat"])
        self.addCleanup(proxy.close)
        chat = self.chat(proxy.port, "alice", text="/msg bob one\n/msg bob two\n")
        contents = [bob.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in range(2)]
        self.assertEqual(contents, ["one", "two"])
        output = chat.stdout.read()
        self.assertEqual(chat.wait(30), 0, output)
        self.assertEqual(proxy.cut, 1)
        self.assertIn("connected again", output)
        self.assertTrue(bob.is_silent(0.3))

    def test_it_acknowledges_what_it_shows(self):
        chat = self.chat(self.node.ports["chat"], "shown")
        self.node.await_metric("hpush_users", 1)
        alice = self.client("alice", "other device", capabilities=wire.RECEIPTS)
        alice.send(wire.chat("shown", "are you there", sequence=4, msg_id=4))
        answer = alice.receive_until(wire.MESSAGE_RESPONSE)
        self.assertTrue(answer["messageResponse"].get("result"), answer)
        self.assertIn("are you there", chat.stdout.readline())
        self.assertEqual(self.node.metric("hpush_acknowledgements_total"), 1)
        chat.stdin.close()

    def test_a_line_that_nobody_got_is_a_failure(self):
        chat = self.chat(self.node.ports["chat"], "lonely", text="/msg nobody hello\n")
        output = chat.stdout.read()
        self.assertNotEqual(chat.wait(20), 0)
        self.assertIn("not delivered to nobody", output)


if __name__ == "__main__":
    unittest.main()
