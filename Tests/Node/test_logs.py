"""The log: what each line carries, how many there are, and what is never in it."""

import json
import time

import wire
from case import NodeTest
from cluster import eventually
from node import run_command

PASSWORD = "corr3ct-horse"
WRONG = "wr0ng-horse"
ADMIN = "adm1n-t0ken-secret"
CONTENT = "c0ntent of a message"
PUSHED = "pu5hed content"
NOTICE = "n0tice content"
FRAGILE = """
local M = { api = 1, version = "1", inbound = {} }
function M.inbound.message_request(ctx, msg)
  if msg.msg_type == 9 then error("it can't stand nines") end
end
return M
"""


class LogCase(NodeTest):
    config = {
        "node": {"name": "talkative"}, "log": {"level": "trace", "format": "json"}, "admin": {"token": ADMIN},
        "gate": {"enabled": True, "host": "127.0.0.1", "port": 0}}
    pipeline = [{"login": {"mode": "password"}}, "fragile", "inbox", "chat_redirect"]
    plugins = {"fragile": FRAGILE}

    @classmethod
    def prepare(cls):
        for name in ("amy", "ben"):
            done = run_command("user", "add", name, "--password", PASSWORD, "--config", cls.node.file)
            assert done.returncode == 0, done.stderr

    def lines(self):
        self.node.log.flush()
        return [json.loads(line) for line in (self.node.folder / "log").read_text().splitlines()]

    def until(self, condition, what):
        return eventually(lambda: [line for line in self.lines() if condition(line)], what)


class LogTest(LogCase):
    def test_no_secret_and_no_content(self):
        status, answer = self.node.json("/v1/login", method="POST", body={"user": "amy", "password": PASSWORD}, port="gate")
        self.assertEqual(status, 200)
        token = answer["token"]
        self.node.http("/v1/login", method="POST", body={"user": "amy", "password": WRONG}, port="gate")
        self.node.http(f"/user/login/amy/{WRONG}", port="gate")
        amy = self.client("amy", token=token)
        ben = self.client("ben", token=PASSWORD)
        with self.node.client() as stranger:
            self.assertFalse(stranger.login("amy", token=WRONG).get("result"))
        amy.send(wire.chat("ben", CONTENT))
        ben.receive_until(wire.MESSAGE_REQUEST)
        amy.send(wire.chat("ben", CONTENT, msg_type=9))
        amy.receive_until(wire.MESSAGE_RESPONSE)
        amy.send(wire.chat("nobody", CONTENT))
        amy.receive_until(wire.MESSAGE_RESPONSE)
        self.node.http("/v1/messages", method="POST", token=ADMIN, body={"from": "shop", "to": "ben", "content": PUSHED})
        self.node.http("/v1/notify", method="POST", token=ADMIN, body={"to": "ben", "json": {"text": NOTICE}})
        self.node.http("/v1/status", token="a-wr0ng-token")
        self.node.http("/v1/plugins/reload", method="POST", token=ADMIN)
        self.node.http(f"/v1/sessions/{ben.session}", method="DELETE", token=ADMIN)
        ben.wait_closed(5)
        self.until(lambda line: line["message"] == "session closed" and line["data"].get("reason") == "admin", "the last line")
        text = (self.node.folder / "log").read_text()
        for secret in (PASSWORD, WRONG, ADMIN, token, token.split(".")[2], "a-wr0ng-token", CONTENT, PUSHED, NOTICE):
            self.assertNotIn(secret, text)

    def test_lines_say_whose_they_are(self):
        amy = self.client("amy", token=PASSWORD)
        amy.send(wire.chat("amy", "x", msg_type=9))
        amy.receive_until(wire.MESSAGE_RESPONSE)
        line = self.until(
            lambda line: line["message"].startswith("handler failed") and line["data"].get("session") == amy.session, "the failure")[0]
        data = line["data"]
        self.assertEqual((data["node"], data["plugin"], data["user"], data["handler"]),
                         ("talkative", "fragile", "amy", "inbound.message_request"))
        self.assertIn("generation", data)
        opened = self.until(lambda line: line["message"] == "session opened" and line["data"]["session"] == amy.session, "its login")[0]
        self.assertEqual((opened["level"], opened["data"]["user"]), ("debug", "amy"))
        self.assertTrue(all(line["data"]["node"] == "talkative" for line in self.lines()))


class FloodTest(LogCase):
    def test_a_flood_of_one_cause_is_some_lines(self):
        clients = [self.client("ben", f"d{number}", token=PASSWORD) for number in range(4)]
        before = len(self.lines())
        started = time.monotonic()
        for client in clients:
            for _ in range(4):
                for _ in range(20):
                    client.send(wire.chat("ben", "x", msg_type=9))
                for _ in range(20):
                    client.receive_until(wire.MESSAGE_RESPONSE)
        seconds = int(time.monotonic() - started) + 2
        failures = [line for line in self.lines()[before:] if line["message"].startswith("handler failed")]
        self.assertLessEqual(len(failures), 5 * seconds)
        self.assertGreater(len(failures), 0)
