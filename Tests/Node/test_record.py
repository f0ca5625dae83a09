"""hpush plugin record: what came in and what the rules made of it, to be replayed."""

import base64
import json
import os
import stat
import subprocess
import time
import unittest

import wire
from node import BINARY, run_command
from rules import RulesNode

RULE = """
local seen = {}
return { api = 1, version = "1.0", needs = { "sessions", "redirect", "store", "token" },
  config = { limit = { type = "integer", default = 3 } },
  inbound = { message_request = function(ctx, msg)
    if msg.content == "error" then error("it breaks") end
    if msg.content == "slow" then hpush.sleep(0.1) end
    if msg.content == "count" then
      seen[ctx.uid] = (seen[ctx.uid] or 0) + 1
      if seen[ctx.uid] > ctx.config.limit then return hpush.reject { code = 7, info = "enough" } end
    end
    if msg.content == "who" then
      ctx.session:notify { user = hpush.store.user(msg.to) ~= nil, id = hpush.id(), devices = #hpush.sessions.of_user(msg.to) }
      return hpush.stop
    end
    if msg.content == "kick" then hpush.sessions.of_user(msg.to)[1]:close("out") return hpush.stop end
    if msg.content == "darn" then msg.content = "****" end
  end },
  outbound = { message_request = function(ctx, msg) if msg.content == "mark" then msg.property = "to " .. ctx.uid end end },
  events = { session_open = function(ctx) ctx.session:notify { hello = ctx.uid } end,
             session_close = function(ctx) seen[ctx.uid] = nil end },
  routes = { ["room.join"] = function(ctx, body) hpush.sleep(0.05) return "joined " .. body end },
}
"""


class Record(unittest.TestCase):
    def start(self, threads=2, **plugins):
        node = RulesNode(plugins or {"rule": RULE}, {"chat": {"threads": threads}})
        self.addCleanup(node.remove)
        return node.start()

    def record(self, node, act, *options, seconds=None):
        """What `hpush plugin record` writes while `act` happens: its lines, and what it printed."""
        file = node.folder / "recording.jsonl"
        file.unlink(missing_ok=True)  # of a recording before: it says when this one runs
        child = subprocess.Popen(
            [BINARY, "plugin", "record", "--to", file, "--for", f"{seconds or 3}s", *options, "--config", node.file],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.kill)
        deadline = time.monotonic() + 10
        while not file.exists():
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(child.poll(), child.stderr.read() if child.poll() is not None else "")
            time.sleep(0.02)
        time.sleep(0.1)
        act()
        output, errors = child.communicate(timeout=30)
        self.assertEqual(child.returncode, 0, errors)
        return [json.loads(line) for line in file.read_text().splitlines()], output

    def replay(self, node, *options):
        return run_command("plugin", "replay", node.folder / "recording.jsonl", "--against", *options)

    def chat(self, node):
        """All kinds of messages of two users on two loops."""
        def act():
            clients = [node.client(uid, device) for uid in ("alice", "bob") for device in ("d0", "d1")]
            alice, again, bob, other = clients
            for content in ("hi", "darn", "error", "slow", "count", "count", "count", "count", "who", "mark"):
                alice.send(wire.chat("bob", content))
            alice.send(wire.chat("nobody", "hi"))
            alice.call("room.join", b"red")
            bob.send(wire.chat("alice", "kick"))
            alice.wait_closed()
            for client in clients:
                client.close()
            node.await_metric("hpush_connections_closed_total", 3, reason="client")
        return act

    def test_a_replay_of_the_same_rules_finds_no_difference(self):
        node = self.start()
        lines, output = self.record(node, self.chat(node))
        header, entries = lines[0], lines[1:]
        self.assertEqual((header["hpush_recording"], header["generation"], header["loops"]), (1, 1, 2))
        self.assertEqual([plugin["name"] for plugin in header["pipeline"]], ["login", "rule", "chat_redirect"])
        self.assertIn(f"{len(entries)} lines in", output)
        outcomes = [entry["outcome"] for entry in entries if entry.get("type") == "message_request"]
        verdicts = [outcome["verdict"] for outcome in outcomes]
        self.assertEqual(len(verdicts), 12)
        self.assertEqual({verdict: verdicts.count(verdict) for verdict in set(verdicts)}, {"stop": 9, "failed": 1, "reject": 2})
        self.assertTrue(any(len(outcome.get("deliveries", [])) == 2 for outcome in outcomes), "both devices, one on each loop")
        self.assertIn({"answers", "notifications"}, [set(outcome) & {"answers", "notifications"} for outcome in outcomes])
        done = self.replay(node, node.plugins)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, rf"{len(entries)} compared, 0 differ\n")

    def test_a_replay_of_other_rules_finds_what_they_do_otherwise(self):
        node = self.start()
        self.record(node, self.chat(node))
        folder = node.folder / "next"
        folder.mkdir()
        (folder / "rule.lua").write_text(RULE.replace('"****"', '"(censored)"').replace('"enough"', '"that will do"'))
        done = self.replay(node, folder, "--config", node.file)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'alice message_request: delivery to bob: was message_request content="\*\*\*\*", now .*\(censored\)')
        self.assertRegex(done.stdout, r'verdict: was reject 7 "enough" by rule, now reject 7 "that will do"')

    def test_sessions_that_were_there_stand_in_it(self):
        node = self.start()
        with node.client("alice") as alice, node.client("bob") as bob:
            def act():
                alice.send(wire.chat("bob", "hi"))
                bob.receive_until(wire.MESSAGE_REQUEST)
            lines, _ = self.record(node, act, seconds=1)
        before = [line for line in lines[1:] if line.get("open", {}).get("before")]
        self.assertEqual({line["uid"] for line in before}, {"alice", "bob"})
        self.assertEqual({line["n"] for line in before}, {0})
        self.assertEqual(self.replay(node, node.plugins).returncode, 0)

    def test_only_one_user_or_a_share_of_them(self):
        node = self.start()

        def act():
            for number in range(40):
                with node.client(f"user{number}") as client:
                    client.send(wire.chat("nobody", "hi"))
                    client.receive_until(wire.MESSAGE_RESPONSE)

        lines, _ = self.record(node, act, "--user", "user7")
        self.assertEqual({line["uid"] for line in lines[1:]}, {"user7"})
        lines, _ = self.record(node, act, "--share", "1/4")
        users = [line["uid"] for line in lines[1:] if line.get("type") == "message_request"]
        self.assertTrue(1 <= len(users) < 30, users)
        # Of those all.
        logins = [line["uid"] for line in lines[1:] if line.get("type") == "login_request"]
        self.assertEqual(sorted(users), sorted(logins))

    def test_passwords_never_and_contents_only_without_redact_are_in_it(self):
        node = self.start()

        def act():
            with node.client("alice", token="very-secret") as alice:
                alice.send(wire.chat("bob", "hello there"))
                alice.receive_until(wire.MESSAGE_RESPONSE)
                alice.send(wire.chat("alice", "darn"))
                alice.receive_until(wire.MESSAGE_REQUEST)

        def texts(lines):
            return json.dumps(lines) + "".join(
                base64.b64decode(line["body"]).decode(errors="replace") for line in lines if "body" in line)

        lines, _ = self.record(node, act)
        self.assertIn("hello there", texts(lines))
        self.assertNotIn("very-secret", texts(lines))
        self.assertIn("x" * len("very-secret"), texts(lines))
        mode = stat.S_IMODE(os.stat(node.folder / "recording.jsonl").st_mode)
        self.assertEqual(mode, 0o600)
        lines, _ = self.record(node, act, "--redact")
        self.assertTrue(lines[0]["redacted"])
        self.assertNotIn("hello there", texts(lines))
        self.assertNotIn("****", texts(lines))
        self.assertIn("x" * len("hello there"), texts(lines))

    def test_a_reload_ends_it(self):
        node = self.start()
        started = time.monotonic()
        _, output = self.record(node, lambda: node.reload_well(), seconds=30)
        self.assertLess(time.monotonic() - started, 15)
        self.assertIn("other rules came into force", output)

    def test_waiting_messages_and_those_behind_them(self):
        node = self.start(threads=1)

        def act():
            with node.client("alice") as alice, node.client("bob") as bob:
                alice.send(wire.chat("bob", "slow", sequence=1) + wire.chat("bob", "hi", sequence=2))
                bob.receive_until(wire.MESSAGE_REQUEST)
                bob.receive_until(wire.MESSAGE_REQUEST)
                alice.send(wire.chat("bob", "slow", sequence=3))
                alice.beat()
                alice.break_off()
        lines, _ = self.record(node, act)
        verdicts = [line["outcome"]["verdict"] for line in lines[1:] if line.get("type") == "message_request"]
        self.assertEqual(verdicts, ["stop", "stop", "cancelled"])

    def test_one_at_a_time_and_bad_requests(self):
        node = self.start()

        def act():
            status, answer = node.json("/v1/plugins/record?seconds=1")
            self.assertEqual((status, answer["error"]["code"]), (503, "busy"))

        self.record(node, act, seconds=1)
        for query in ("share=2", "share=1/0", "share=x", "user=", "user=a&share=1/2", "redact=maybe", "seconds=-1"):
            status, answer = node.json(f"/v1/plugins/record?{query}")
            self.assertEqual((status, answer["error"]["code"]), (400, "bad_request"), query)
        done = run_command("plugin", "record", "--to", node.folder / "x", "--share", "half", "--config", node.file)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((node.folder / "x").exists())
        done = run_command("plugin", "record", "--to", "/nowhere/x", "--for", "1s", "--config", node.file)
        self.assertEqual((done.returncode, "/nowhere/x cannot be written" in done.stderr), (1, True), done.stderr)


if __name__ == "__main__":
    unittest.main()
