"""hpush plugin trace: the way of a user's messages through the handlers."""

import json
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import wire
from case import NodeTest
from node import BINARY, run_command

RULE = """
return { api = 1, needs = { "sessions" },
  inbound = {
    message_request = function(ctx, msg)
      if msg.content:find("^wait") then hpush.sleep(0.2) end
      if msg.content == "error" then error("it breaks") end
      if msg.content == "no" then return hpush.reject { code = 7, info = "not here" } end
      if msg.content == "darn" then msg.content = "****" end
    end,
  },
  outbound = { message_request = function(ctx, msg) msg.property = "marked" end },
  events = { session_open = function(ctx) end },
  routes = { ["room.join"] = function(ctx, body) return "joined" end },
}
"""


class Trace(NodeTest):
    plugins = {"rule": RULE}
    pipeline = [{"login": {"mode": "open"}}, "rule", "chat_redirect"]
    config = {"chat": {"threads": 2}}

    def stream(self, query, until, timeout=10):
        """Reads a trace in a thread; gives a function that waits until `until` events came and gives them."""
        events = []
        deadline = time.monotonic() + 10
        while True:
            try:
                response = urllib.request.urlopen(
                    f"http://127.0.0.1:{self.node.ports['admin']}/v1/plugins/trace?{query}", timeout=timeout)
                break
            except urllib.error.HTTPError as error:      # those of other tests have not all ended
                error.close()
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)
        self.addCleanup(response.close)
        self.assertEqual(response.headers["Content-Type"], "application/x-ndjson")

        def read():
            for line in response:
                if line.strip():
                    events.append(json.loads(line))
                if len(events) >= until:
                    return
        thread = threading.Thread(target=read, daemon=True)
        thread.start()

        def wait():
            thread.join(timeout)
            self.assertGreaterEqual(len(events), until, events)
            return events
        return wait

    def test_each_handler_with_verdict_changes_and_time(self):
        alice, bob = self.client("alice"), self.client("bob")
        wait = self.stream("user=alice&seconds=5", 4)
        alice.send(wire.chat("bob", "darn", sequence=7))
        bob.receive(wire.MESSAGE_REQUEST)
        bob.send(wire.chat("bob", "not alice's"))
        message, rule, redirect, end = wait()
        self.assertEqual(
            [(e["event"], e["sequence"], e["type"], e["user"], e["session"]) for e in (message, rule, redirect, end)],
            [(event, 7, "message_request", "alice", alice.session) for event in ("message", "handler", "handler", "end")])
        self.assertEqual((message["to"], message["node"], message["generation"]), ("bob", "test", 1))
        self.assertEqual((rule["plugin"], rule["handler"], rule["verdict"]), ("rule", "inbound.message_request", "next"))
        self.assertEqual(rule["changed"], ["content"])
        self.assertTrue(0 < rule["microseconds"] < 100_000)
        self.assertNotIn("waited_milliseconds", rule)
        self.assertEqual((redirect["plugin"], redirect["verdict"], redirect.get("changed")), ("chat_redirect", "stop", None))
        self.assertEqual((end["verdict"], end["plugin"]), ("stop", "chat_redirect"))
        self.assertNotIn("darn", json.dumps([message, rule, redirect, end]))

    def test_waits_verdicts_and_failures(self):
        alice = self.client("waiter")
        wait = self.stream("user=waiter&seconds=5", 10)
        alice.send(
            wire.chat("waiter", "no", sequence=1) + wire.chat("nobody", "error", sequence=2) + wire.chat("nobody", "wait", sequence=3))
        events = [(e["event"], e["sequence"], e.get("plugin"), e.get("verdict"), e.get("code"), e.get("info")) for e in wait()]
        self.assertEqual(events[:6], [
            ("message", 1, None, None, None, None), ("handler", 1, "rule", "reject", 7, "not here"),
            ("end", 1, "rule", "reject", 7, "not here"),
            ("message", 2, None, None, None, None), ("handler", 2, "rule", "failed", None, events[4][5]),
            ("end", 2, "rule", "failed", None, events[5][5])])
        self.assertIn("it breaks", events[4][5])
        self.assertEqual([(e[0], e[2], e[3]) for e in events[6:]], [
            ("message", None, None), ("handler", "rule", "next"), ("handler", "chat_redirect", "reject"),
            ("end", "chat_redirect", "reject")])
        waited = wait()[7]
        self.assertTrue(150 < waited["waited_milliseconds"] < 2000, waited)
        self.assertLess(waited["microseconds"], 100_000)

    def test_login_events_routes_and_what_comes_in_for_the_user(self):
        wait = self.stream("user=carol&seconds=5", 13)
        carol = self.client("carol", token="very-secret")
        self.assertEqual(carol.call("room.join"), (0, "joined"))
        carol.send(wire.chat("carol", "to myself"))
        carol.receive(wire.MESSAGE_REQUEST)
        events = wait()
        seen = [(e["direction"], e["type"], e["event"], e.get("handler")) for e in events]
        for expected in (
            ("in", "login_request", "message", None), ("in", "login_request", "handler", "inbound.login_request"),
            ("event", "session_open", "handler", "events.session_open"), ("route", "custom_request", "handler", "routes.room.join"),
            ("out", "message_request", "handler", "outbound.message_request"),
        ):
            self.assertIn(expected, seen)
        outbound = events[seen.index(("out", "message_request", "handler", "outbound.message_request"))]
        self.assertEqual(outbound["changed"], ["property"])
        self.assertNotIn("very-secret", json.dumps(events))

    def test_contents_only_when_asked_for_and_cut(self):
        dave = self.client("dave")
        wait = self.stream("user=dave&seconds=5&content=1", 8)
        dave.send(wire.chat("nobody", "darn", sequence=1) + wire.chat("nobody", "x" * 5000, sequence=2))
        events = wait()
        self.assertEqual(events[0]["contents"], {"content": "darn"})
        self.assertEqual(events[1]["contents"], {"content": "****"})
        self.assertEqual(events[4]["contents"], {"content": "x" * 200})

    def test_a_token_is_not_shown_even_with_contents(self):
        wait = self.stream("user=erin&seconds=5&content=1", 3)
        self.client("erin", token="very-secret")
        self.assertNotIn("very-secret", json.dumps(wait()))

    def test_it_ends_in_time_and_says_so(self):
        started = time.monotonic()
        status, text = self.node.http("/v1/plugins/trace?user=nobody&seconds=0.3")
        self.assertEqual(status, 200)
        self.assertLess(time.monotonic() - started, 3)
        self.assertEqual(json.loads(text), {"event": "summary", "items": 0, "dropped": 0, "ended_early": False})


class OtherNode(NodeTest):
    """Apart from the traces above, of which some may not have ended."""

    plugins = {"rule": RULE}
    pipeline = [{"login": {"mode": "open"}}, "rule", "chat_redirect"]

    def test_at_most_four_at_a_time_and_a_client_that_goes_makes_room(self):
        url = f"http://127.0.0.1:{self.node.ports['admin']}/v1/plugins/trace?user=x&seconds=60"
        streams = [urllib.request.urlopen(url, timeout=10) for _ in range(4)]
        status, answer = self.node.json("/v1/plugins/trace?user=x")
        self.assertEqual((status, answer["error"]["code"]), (503, "busy"))
        for stream in streams:
            stream.close()
        deadline = time.monotonic() + 15
        while self.node.http("/v1/plugins/trace?user=x&seconds=0.01")[0] != 200:
            self.assertLess(time.monotonic(), deadline, "those who left still count")
            time.sleep(0.2)

    def test_bad_requests_are_json_errors(self):
        for query in ("", "?user=", "?user=a&seconds=x", "?user=a&seconds=0", "?user=a&seconds=1e9", "?user=a&content=maybe"):
            status, answer = self.node.json(f"/v1/plugins/trace{query}")
            self.assertEqual((status, answer["error"]["code"]), (400, "bad_request"), query)

    def test_the_command_shows_lines_as_they_come(self):
        frank = self.client("frank")
        child = subprocess.Popen(
            [BINARY, "plugin", "trace", "--user", "frank", "--for", "10s", "--config", self.node.file], stdout=subprocess.PIPE, text=True)
        lines = []
        reader = threading.Thread(target=lambda: [lines.append(line) for line in child.stdout], daemon=True)
        reader.start()

        def end():
            child.kill()
            child.wait()
            reader.join()
            child.stdout.close()

        self.addCleanup(end)
        deadline = time.monotonic() + 10
        while not any("rule inbound.message_request" in line for line in lines):
            self.assertLess(time.monotonic(), deadline, lines)
            frank.send(wire.chat("nobody", "darn", sequence=9))
            time.sleep(0.3)
        text = "".join(lines)
        self.assertRegex(text, r"-- node test, generation 1\n")
        self.assertRegex(text, rf"\d\d:\d\d:\d\d\.\d\d\d  {frank.session[:10]}  message_request #9  to nobody  \d+ bytes\n")
        self.assertRegex(text, r"message_request #9    rule inbound.message_request  next  [\d.]+ us  set content\n")

    def test_the_command_refuses_a_wrong_time(self):
        done = run_command("plugin", "trace", "--user", "x", "--for", "soon", "--config", self.node.file)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("soon", done.stderr)


if __name__ == "__main__":
    unittest.main()
