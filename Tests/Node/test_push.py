"""What a company's own servers send through the admin listener, and what else operators do there."""

import json
import time
import unittest

import wire
from case import NodeTest
from node import run_command


class PushTest(NodeTest):
    def post(self, path, body, method="POST"):
        return self.node.json(path, method=method, body=body)

    def assert_failure(self, answer, status, code):
        self.assertEqual((answer[0], answer[1]["error"]["code"]), (status, code), answer)
        self.assertTrue(answer[1]["error"]["message"])


class Open(PushTest):
    config = {"chat": {"threads": 2, "max_frame_bytes": 4096}}

    def test_a_message_reaches_every_session_of_its_recipient(self):
        devices = [self.client("amy", device) for device in ("phone", "pad", "web")]
        status, answer = self.post("/v1/messages", {"from": "shop", "to": "amy", "content": "你好 \U0001f44b", "msg_type": 3, "json": "{}"})
        self.assertEqual((status, answer["sessions"]), (200, 3))
        for device in devices:
            message = device.receive(wire.MESSAGE_REQUEST)["messageRequest"]
            self.assertEqual(
                (message["from"], message["to"], message["content"], message["msg_type"]), ("shop", "amy", "你好 \U0001f44b", 3))
            self.assertEqual(str(message["server_id"]), answer["server_id"])
            self.assertAlmostEqual(message["time"] / 1000, time.time(), delta=60)

    def test_every_field_goes_through(self):
        ben = self.client("ben")
        body = {"from": "shop", "to": "ben", "content": "c", "msg_id": "18446744073709551615", "time": 5, "msg_type": 7, "url": "u",
                "property": "p", "from_nick": "The Shop", "json": "{\"a\":1}"}
        self.assertEqual(self.post("/v1/messages", body)[0], 200)
        message = ben.receive(wire.MESSAGE_REQUEST)["messageRequest"]
        del message["server_id"]
        self.assertEqual(message, {**body, "msg_id": 2 ** 64 - 1})

    def test_server_ids_differ(self):
        self.client("cat")
        ids = {self.post("/v1/messages", {"from": "shop", "to": "cat", "content": "x"})[1]["server_id"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_who_is_not_there_is_said(self):
        # In mode open every name is a user's.
        self.assert_failure(self.post("/v1/messages", {"from": "a", "to": "away", "content": "x"}), 409, "not_reachable")
        self.assert_failure(self.post("/v1/messages", {"from": "a", "group": "g", "content": "x"}), 404, "no_such_group")
        self.assert_failure(self.post("/v1/notify", {"to": "away", "json": {}}), 409, "not_reachable")

    def test_wrong_bodies_are_refused_by_the_name_of_what_is_wrong(self):
        for body, word in (
            (b"{", "JSON"), (b"[]", "object"), ({"to": "a"}, "from"), ({"from": "a"}, "to"),
            ({"from": "a", "to": "b", "group": "c"}, "group"),
            ({"from": "a", "to": ""}, "to"), ({"from": "", "to": "b"}, "from"), ({"from": "a", "to": 5}, "to"),
            ({"from": "a", "to": "b", "contents": "x"}, "contents"), ({"from": "a", "to": "b", "msg_type": -1}, "msg_type"),
            ({"from": "a", "to": "b", "msg_type": 2 ** 32}, "msg_type"), ({"from": "a", "to": "b", "msg_id": 1.5}, "msg_id"),
        ):
            with self.subTest(body):
                answer = self.post("/v1/messages", body)
                self.assert_failure(answer, 400, "bad_request")
                self.assertIn(word, answer[1]["error"]["message"])
        for body in (
                {"json": {}}, {"to": "a", "all": True, "json": {}}, {"all": True}, {"all": True, "json": "no json"},
                {"all": 1, "json": {}}):
            with self.subTest(body):
                self.assert_failure(self.post("/v1/notify", body), 400, "bad_request")

    def test_too_large_is_413_and_never_sent(self):
        dan = self.client("dan")
        self.assert_failure(self.post("/v1/messages", {"from": "a", "to": "dan", "content": "x" * 5000}), 413, "too_large")
        self.assert_failure(self.post("/v1/messages", {"from": "a", "to": "dan", "content": "x" * 500_000}), 413, "too_large")
        self.assert_failure(self.post("/v1/notify", {"all": True, "json": {"text": "x" * 5000}}), 413, "too_large")
        self.assertTrue(dan.is_silent())

    def test_notices_to_one_and_to_all(self):
        eve, flo = self.client("eve"), self.client("flo")
        self.assertEqual(self.post("/v1/notify", {"to": "eve", "json": {"type": 50, "data": {"sale": True}}}), (200, {"sessions": 1}))
        notice = eve.receive(wire.MESSAGE_NOTIFICATION)["notification"]
        self.assertEqual(json.loads(notice["json"]), {"type": 50, "data": {"sale": True}})
        self.assertGreater(notice["no_id"], 0)
        self.assertTrue(flo.is_silent())
        status, answer = self.post("/v1/notify", {"all": True, "json": "{\"type\": 51 }"})
        self.assertEqual(status, 200)
        self.assertGreaterEqual(answer["sessions"], 2)
        for client in (eve, flo):
            self.assertEqual(client.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"], "{\"type\": 51 }")

    def test_order_of_one_sender_holds(self):
        gus = self.client("gus")
        for n in range(50):
            self.assertEqual(self.post("/v1/messages", {"from": "a", "to": "gus", "content": str(n)})[0], 200)
        self.assertEqual([gus.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"] for _ in range(50)], [str(n) for n in range(50)])


class Accounts(PushTest):
    pipeline = [{"login": {"mode": "password"}}, "chat_redirect"]

    @classmethod
    def prepare(cls):
        assert run_command("user", "add", "amy", "--password", "pw", "--config", cls.node.file).returncode == 0

    def test_groups_reach_those_who_are_there(self):
        self.assertEqual(run_command("group", "create", "team", "amy", "--config", self.node.file).returncode, 0)
        self.assert_failure(self.post("/v1/messages", {"from": "shop", "group": "team", "content": "x"}), 409, "not_reachable")
        amy = self.client("amy", token="pw")
        self.assertEqual(self.post("/v1/messages", {"from": "shop", "group": "team", "content": "hi"})[1]["sessions"], 1)
        self.assertEqual(amy.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "hi")
        amy.close()

    def test_unknown_users_are_told_from_absent_ones(self):
        self.assert_failure(self.post("/v1/messages", {"from": "shop", "to": "nobody", "content": "x"}), 404, "no_such_user")
        self.assert_failure(self.post("/v1/notify", {"to": "nobody", "json": {}}), 404, "no_such_user")
        self.assert_failure(self.post("/v1/messages", {"from": "shop", "to": "amy", "content": "x"}), 409, "not_reachable")


class Stored(PushTest):
    pipeline = [{"login": {"mode": "open"}}, {"inbox": {"max_messages": 3}}, "chat_redirect"]

    def push(self, **body):
        status, answer = self.post("/v1/messages", {"from": "shop", **body})
        self.assertEqual(status, 200, answer)
        return answer

    def message(self, client):
        return client.receive(wire.MESSAGE_REQUEST)["messageRequest"]

    def history(self, client, peer):
        client.send(wire.message(wire.SYNC_REQUEST, 70, syncRequest={"conversation": peer}))
        answer = client.receive_until(wire.SYNC_RESPONSE)["syncResponse"]
        return [message["content"] for message in answer.get("messages", [])]

    def test_who_is_not_there_gets_it_at_the_next_login(self):
        answers = [self.push(to="ida", content=str(n)) for n in (1, 2)]
        self.assertEqual([(answer["stored"], answer["sessions"], answer["duplicate"]) for answer in answers], [(True, 0, False)] * 2)
        ida = self.client("ida")
        got = [self.message(ida) for _ in answers]
        self.assertEqual([message["content"] for message in got], ["1", "2"])
        self.assertEqual([str(message["server_id"]) for message in got], [answer["server_id"] for answer in answers])
        self.assertEqual([message["conversation_seq"] for message in got], [1, 2])
        self.assertEqual({message["from"] for message in got}, {"shop"})
        self.assertEqual(self.history(ida, "shop"), ["1", "2"])

    def test_who_is_there_gets_it_once(self):
        jo = self.client("jo")
        answer = self.push(to="jo", content="now")
        self.assertEqual((answer["stored"], answer["sessions"]), (True, 1))
        self.assertEqual(str(self.message(jo)["server_id"]), answer["server_id"])
        jo.send(wire.heartbeat(1))
        self.assertEqual(jo.receive()["type"], wire.HEART_BEAT)
        self.assertEqual(self.history(jo, "shop"), ["now"])

    def test_a_retry_is_the_same_message(self):
        kim = self.client("kim")
        first = self.push(to="kim", content="once", msg_id=5)
        again = self.push(to="kim", content="once", msg_id=5)
        self.assertEqual(again, {**first, "sessions": 0, "duplicate": True})
        self.assertNotEqual(self.push(to="kim", content="other", msg_id=6)["server_id"], first["server_id"])
        self.assertEqual([self.message(kim)["content"] for _ in range(2)], ["once", "other"])

    def test_groups(self):
        self.assert_failure(self.post("/v1/messages", {"from": "shop", "group": "crew", "content": "x"}), 404, "no_such_group")
        run_command("group", "create", "crew", "lea", "mo", "shop", "--config", self.node.file)
        lea, own = self.client("lea"), self.client("shop", "")
        answer = self.push(group="crew", content="all hands")
        self.assertEqual((answer["stored"], answer["sessions"]), (True, 2))
        for client in (lea, own, self.client("mo")):
            message = self.message(client)
            self.assertEqual((message["group"], message["content"], str(message["server_id"])), ("crew", "all hands", answer["server_id"]))
        # Who sends need not be a member.
        self.assertTrue(self.post("/v1/messages", {"from": "stranger", "group": "crew", "content": "hello"})[1]["stored"])
        self.assertEqual(self.history(lea, "group:crew"), ["all hands", "hello"])

    def test_a_full_inbox_is_said(self):
        for n in range(3):
            self.push(to="ned", content=str(n))
        self.assert_failure(self.post("/v1/messages", {"from": "shop", "to": "ned", "content": "4"}), 503, "unavailable")
        self.assertEqual([self.message(client)["content"] for client in [self.client("ned")] for _ in range(3)], ["0", "1", "2"])


class Outbound(PushTest):
    plugins = {"signs": """return { api = 1, outbound = {
      message_request = function(ctx, msg) msg.content = msg.content .. " for " .. ctx.uid end,
      message_notification = function(ctx, msg) if msg.json:find("hidden") then return hpush.stop end end } }"""}
    pipeline = [{"login": {"mode": "open"}}, "signs", "chat_redirect"]

    def test_outbound_rules_see_what_is_pushed(self):
        hal = self.client("hal")
        self.assertEqual(self.post("/v1/messages", {"from": "a", "to": "hal", "content": "news"})[0], 200)
        self.assertEqual(hal.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "news for hal")
        self.assertEqual(self.post("/v1/notify", {"all": True, "json": {"text": "hidden"}})[0], 200)
        self.assertEqual(self.post("/v1/notify", {"all": True, "json": {"text": "seen"}})[0], 200)
        self.assertIn("seen", hal.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])


class Operation(PushTest):
    config = {
        "admin": {"token": "the admin token"}, "gate": {"enabled": False, "token_secret": "the token secret"},
        "log": {"level": "warning"}}
    plugins = {"asks": "return { api = 1, config = { api_key = { type = 'string' }, url = { type = 'string' } } }"}
    pipeline = [{"login": {"mode": "open"}}, {"asks": {"api_key": "the key of a service", "url": "http://service"}}, "chat_redirect"]

    def ask(self, path, **options):
        return self.node.json(path, token="the admin token", **options)

    def test_the_configuration_is_shown_without_its_secrets(self):
        self.assertEqual(self.node.http("/v1/config")[0], 401)
        status, answer = self.ask("/v1/config")
        self.assertEqual(status, 200)
        config = answer["config"]
        self.assertEqual((config["chat"]["threads"], config["node"]["name"], config["plugins"]["limits"]["run_ms"]), (1, "test", 100))
        self.assertEqual((config["admin"]["token"], config["gate"]["token_secret"]), ("(secret)", "(secret)"))
        self.assertEqual(config["cluster"]["peer"]["secret"], "", "what is not set is told from what is")
        self.assertEqual(config["plugins"]["pipeline"][1], {"asks": {"api_key": "(secret)", "url": "http://service"}})
        self.assertRegex(answer["origins"]["node.name"], r"node\.yaml:\d+$")
        self.assertNotIn("chat.read_idle_seconds", answer["origins"])
        for secret in ("the admin token", "the token secret", "the key of a service"):
            self.assertNotIn(secret, json.dumps(answer))

    def test_the_log_level_changes_while_the_node_runs(self):
        self.assertEqual(self.ask("/v1/log-level"), (200, {"level": "warning"}))
        session = self.client("kicked").session
        self.ask(f"/v1/sessions/{session}", method="DELETE")
        self.assertNotIn(session, self.node.log_text())
        self.assertEqual(self.ask("/v1/log-level", method="PUT", body={"level": "info"}), (200, {"level": "info"}))
        session = self.client("kicked").session
        self.ask(f"/v1/sessions/{session}", method="DELETE")
        self.assertIn(session, self.node.log_text())
        answer = self.ask("/v1/log-level", method="PUT", body={"level": "loud"})
        self.assert_failure(answer, 400, "bad_request")
        self.assertIn("critical", answer[1]["error"]["message"])
        self.ask("/v1/log-level", method="PUT", body={"level": "warning"})


if __name__ == "__main__":
    unittest.main()
