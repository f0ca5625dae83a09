"""The admin listener: health, metrics, status, sessions, plugins; its token; whom it answers at all."""

import json
import re
import unittest

import wire
from case import NodeTest


class Open(NodeTest):
    def test_health_and_readiness(self):
        self.assertEqual(self.node.http("/healthz")[0], 200)
        self.assertEqual(self.node.http("/readyz")[0], 200)

    def test_metrics_are_prometheus_text_and_follow_the_sessions(self):
        client = self.client("measured")
        self.node.await_metric("hpush_sessions", 1)
        status, text = self.node.http("/metrics")
        self.assertEqual(status, 200)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) .+|[a-zA-Z_:][\w:]*(\{[^{}]*\})? [-+]?([\d.]+(e[-+]?\d+)?|Inf|NaN))?$')
        names = set(re.findall(r"^# TYPE (\S+)", text, re.M))
        self.assertEqual(names - set(re.findall(r"^# HELP (\S+)", text, re.M)), set(), "metrics without a help line")
        before = self.node.metric("hpush_messages_received_total")
        client.ask(wire.chat("measured", "me"), wire.MESSAGE_REQUEST)
        self.node.await_metric("hpush_messages_received_total", before + 1)
        self.node.await_metric("hpush_messages_delivered_total", 1)

    def test_status(self):
        self.client("counted")
        status, answer = self.node.json("/v1/status")
        self.assertEqual(status, 200)
        self.assertEqual(answer["name"], "test")
        self.assertGreaterEqual(answer["sessions"], 1)
        self.assertGreaterEqual(answer["connections"], 1)

    def test_sessions_of_a_user(self):
        clients = [self.client("lister", device) for device in ("phone", "desk")]
        status, answer = self.node.json("/v1/sessions?user=lister")
        self.assertEqual(status, 200)
        self.assertEqual({session["id"] for session in answer["sessions"]}, {client.session for client in clients})
        self.assertEqual({session["device"] for session in answer["sessions"]}, {"phone", "desk"})
        self.assertEqual(self.node.json("/v1/sessions?user=nobody"), (200, {"sessions": []}))

    def test_delete_of_a_session_closes_that_one_alone(self):
        clients = [self.client("kicked", device) for device in ("phone", "desk")]
        status, _ = self.node.http(f"/v1/sessions/{clients[0].session}", method="DELETE")
        self.assertIn(status, (200, 202, 204))
        clients[0].wait_closed(5)
        self.assertLess(clients[1].beat(), 1)
        self.assert_error(self.node.http(f"/v1/sessions/{clients[0].session}", method="DELETE"), 404)

    def test_plugins_in_their_order(self):
        status, answer = self.node.json("/v1/plugins")
        self.assertEqual(status, 200)
        self.assertEqual([plugin["name"] for plugin in answer["plugins"]], ["login", "chat_redirect"])
        self.assertTrue(all(plugin["version"] for plugin in answer["plugins"]))

    def test_unknown_paths_and_missing_parameters_are_json_errors(self):
        self.assert_error(self.node.http("/v1/nothing"), 404)
        self.assert_error(self.node.http("/dashboard/nothing.js"), 404)
        self.assert_error(self.node.http("/v1/sessions"), 400)
        self.assert_error(self.node.http("/v1/sessions/not-a-session", method="DELETE"), 404)

    def test_foreign_host_and_origin_are_refused(self):
        port = self.node.ports["admin"]
        for headers in (
            {"Host": "evil.example"}, {"Host": f"evil.example:{port}"}, {"Origin": "http://evil.example"},
            {"Origin": "null"}, {"Origin": f"https://127.0.0.1.evil.example:{port}"},
        ):
            with self.subTest(headers):
                self.assert_error(self.node.http("/v1/status", headers=headers), 403)
        for headers in ({"Host": f"localhost:{port}"}, {"Origin": f"http://127.0.0.1:{port}"}, {"Origin": f"http://localhost:{port}"}):
            self.assertEqual(self.node.http("/v1/status", headers=headers)[0], 200, headers)

    def assert_error(self, answer, status):
        self.assertEqual(answer[0], status, answer[1])
        error = json.loads(answer[1])["error"]
        self.assertTrue(error["code"])
        self.assertTrue(error["message"])


class Token(NodeTest):
    config = {"admin": {"token": "a-long-secret"}}

    def test_only_the_token_opens(self):
        for token in (None, "", "wrong", "a-long-secre", "a-long-secret-and-more"):
            with self.subTest(token):
                status, text = self.node.http("/v1/status", token=token)
                self.assertEqual(status, 401)
                self.assertIn("message", json.loads(text)["error"])
        self.assertEqual(self.node.http("/v1/status", token="a-long-secret")[0], 200)

    def test_health_needs_no_token_and_metrics_do(self):
        self.assertEqual(self.node.http("/healthz")[0], 200)
        self.assertEqual(self.node.http("/readyz")[0], 200)
        self.assertEqual(self.node.http("/metrics")[0], 401)

    def test_a_wrong_token_cannot_close_a_session(self):
        client = self.client("kept")
        self.assertEqual(self.node.http(f"/v1/sessions/{client.session}", method="DELETE", token="wrong")[0], 401)
        self.assertLess(client.beat(), 1)


if __name__ == "__main__":
    unittest.main()
