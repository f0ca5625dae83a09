"""The cookbook's rules on a real node, one behind the other, with two loops: they get along, and do there what their own tests say."""

import json
import pathlib
import shutil
import tempfile

import wire
from case import NodeTest
from node import ROOT

RULES = [
    {"ip_allow_list": {"allow": ["127.0.0.0/8"]}}, {"login": {"mode": "open"}}, {"quiet_hours": {"from": "00:00", "to": "00:00"}},
    {"mute": {"moderators": ["mod"]}}, {"daily_quota": {"messages": 5, "users": {"mod": 0}}}, {"profanity": {"words": ["darn"]}},
    {"vip_routing": {"agents": ["ann"]}}, "auto_reply", "bot_commands", "read_receipt", "chat_redirect",
]


class Cookbook(NodeTest):
    config = {"chat": {"threads": 2}}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        plugins = pathlib.Path(folder.name, "plugins")
        shutil.copytree(ROOT / "examples", plugins)
        shutil.copytree(ROOT / "plugins", plugins, dirs_exist_ok=True)
        cls.config = {**cls.config, "plugins": {"path": str(plugins), "pipeline": RULES}}
        super().setUpClass()

    def call(self, client, route, **body):
        """The answer of a route, as its JSON; the code and info where it was refused."""
        data = wire.message(wire.CUSTOM_REQUEST, 7, custom={"route": route, "body": json.dumps(body).encode()})
        client.send(data)
        answer = client.receive_until(wire.CUSTOM_RESPONSE)["custom"]
        return (answer["code"], answer["info"]) if answer.get("code") else json.loads(answer["body"])

    def say(self, client, to, content):
        client.send(wire.message(wire.MESSAGE_REQUEST, 9, messageRequest={"to": to, "content": content, "msg_id": 3}))

    def heard(self, client):
        return client.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]

    def test_messages_pass_all_of_them(self):
        a, b = self.client("alice"), self.client("bob")
        self.say(a, "bob", "darn it")
        got = self.heard(b)
        self.assertEqual((got["from"], got["content"]), ("alice", "**** it"))

    def test_mute_on_both_loops(self):
        mod, first, second = self.client("mod"), self.client("mike"), self.client("mike", "d1")
        self.assertIn("until", self.call(mod, "mute.set", user="mike", seconds=60, reason="spam"))
        for client in (first, second):
            self.say(client, "mod", "hi")
            refusal = client.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]
            self.assertEqual((refusal["code"], refusal["info"]), (7, "you are muted for 1 more minute: spam"))
        self.assertEqual(self.call(first, "mute.lift", user="mike"), (7, "moderators only"))

    def test_bot_routing_and_auto_reply(self):
        a, ann = self.client("anna"), self.client("ann")
        self.say(a, "bot", "/roll 1d2")
        self.assertRegex(self.heard(a)["content"], r"^1d2: [12]$")
        self.call(ann, "auto_reply.set", text="at lunch", seconds=60)
        self.say(a, "support", "help")
        got = self.heard(ann)
        self.assertEqual((got["from"], got["to"]), ("anna", "support"))
        self.say(ann, "anna", "gladly")
        self.assertEqual(self.heard(a)["from"], "support")
        self.say(a, "ann", "and you?")
        self.assertEqual(self.heard(a)["content"], "at lunch")

    def test_quota_and_receipts(self):
        q, r = self.client("quinn"), self.client("rita")
        for number in range(6):
            self.say(q, "rita", str(number))
        self.assertEqual(q.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]["code"], 4)
        self.assertEqual([self.heard(r)["content"] for _ in range(5)], ["0", "1", "2", "3", "4"])
        self.assertEqual(self.call(r, "receipt.read", **{"from": "quinn", "msg_ids": [3]}), {"told": 1})
        notice = json.loads(q.receive_until(wire.MESSAGE_NOTIFICATION)["notification"]["json"])
        self.assertEqual((notice["type"], notice["data"]["by"], notice["data"]["msg_ids"]), (40, "rita", [3]))

    def tearDown(self):
        self.assertNotIn("handler failed", self.node.log_text())
