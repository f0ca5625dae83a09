"""Traces: spans of messages and logins as a collector gets them."""

import json
import unittest

import wire
from case import NodeTest
from cluster import Cluster, eventually
from collector import Collector, spans
from http_server import HTTPServer
from node import run_command

SECRET = "s3cret words of a message"
RULES = """
local M = { api = 1, version = "1", needs = { "http" }, inbound = {} }
function M.inbound.message_request(ctx, msg)
  if msg.content == "fail" then error("no luck") end
  if msg.content:sub(1, 4) == "http" then hpush.http { url = msg.content } end
end
return M
"""


def trace_of(collector, condition, count, what):
    """All spans of the trace whose root is as `condition` says, once there are so many, by name."""
    def found():
        root = next((span for span in collector.spans if "parentSpanId" not in span and condition(span)), None)
        own = [span for span in collector.spans if root and span["traceId"] == root["traceId"]]
        return own if len(own) >= count else None
    return {span["name"]: span for span in eventually(found, what)}


class TracedTest(NodeTest):
    pipeline = [{"login": {"mode": "open"}}, "rules", "inbox", "chat_redirect"]
    plugins = {"rules": RULES}

    @classmethod
    def prepare(cls):
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        configuration = json.loads(cls.node.file.read_text())
        configuration["tracing"] = {"sample": 1, "otlp_url": cls.collector.url, "file": "./spans.json"}
        cls.node.file.write_text(json.dumps(configuration))

    def send(self, content):
        """A message from a user of its own; its session."""
        user = f"user-{self.id().rpartition('.')[2]}"
        client = self.client(user)
        client.send(wire.chat(user, content))
        client.receive()
        return client.session

    def message(self, session, count, what):
        return trace_of(
            self.collector,
            lambda span: span["name"] == "message_request" and span["attributes"].get("session.id") == session, count, what)

    def test_handlers_and_the_store(self):
        session = self.send(SECRET)
        trace = self.message(session, 5, "the message's spans")
        self.assertEqual(
            set(trace), {"message_request", "rules inbound.message_request", "inbox inbound.message_request", "hpush.store.save",
                         "chat_redirect inbound.message_request"})
        root = trace["message_request"]
        self.assertEqual(root["kind"], 2)
        self.assertEqual(root["attributes"]["hpush.verdict"], "stop")
        for name, span in trace.items():
            self.assertGreaterEqual(int(span["endTimeUnixNano"]), int(span["startTimeUnixNano"]))
            if span is not root:
                self.assertEqual(span["parentSpanId"], root["spanId"], name)
                self.assertGreaterEqual(int(span["startTimeUnixNano"]), int(root["startTimeUnixNano"]) - 1_000_000, name)
        self.assertEqual(trace["inbox inbound.message_request"]["attributes"]["hpush.plugin"], "inbox")
        self.assertGreater(int(trace["inbox inbound.message_request"]["attributes"]["hpush.waited_ns"]), 0)
        self.assertFalse([body for body in self.collector.bodies if SECRET.encode() in body])
        self.assertEqual(self.collector.strange, [])

    def test_a_login(self):
        self.client("traced-login")
        trace = trace_of(self.collector, lambda span: span["name"] == "login_request", 2, "a login's spans")
        self.assertIn("login inbound.login_request", trace)

    def test_a_failure(self):
        trace = self.message(self.send("fail"), 2, "the failing message's spans")
        for name in ("message_request", "rules inbound.message_request"):
            self.assertEqual(trace[name]["status"]["code"], 2, name)
            self.assertIn("no luck", trace[name]["status"]["message"])

    def test_the_trace_goes_on_at_a_service(self):
        service = HTTPServer()
        self.addCleanup(service.close)
        client = self.client("asker")
        heard = []
        service.server.RequestHandlerClass = type("Heard", (service.server.RequestHandlerClass,), {
            "respond": lambda handler: (heard.append(handler.headers.get("traceparent")), handler.answer(200))[1]})
        service.server.RequestHandlerClass.do_GET = service.server.RequestHandlerClass.respond
        client.send(wire.chat("asker", service.url + "/"))
        client.receive()
        trace = self.message(client.session, 3, "the asking message's spans")
        self.assertEqual(trace["hpush.http"]["kind"], 3)
        self.assertEqual(heard[0].split("-")[1], trace["message_request"]["traceId"])

    def test_the_file_has_the_same(self):
        session = self.send("for the file")
        self.message(session, 5, "the message's spans")
        file = self.node.folder / "spans.json"

        def written():
            found = [span for line in file.read_text().splitlines() for span in spans(json.loads(line))]
            return any(span["attributes"].get("session.id") == session for span in found)
        eventually(lambda: file.exists() and written(), "the file's line")

    def test_a_collector_that_refuses_costs_only_spans(self):
        self.collector.refuses = True
        self.send("into the void")
        self.node.await_metric("hpush_trace_spans_total", 1, result="dropped")
        self.collector.refuses = False
        self.message(self.send("heard again"), 5, "spans after a refusal")


class GateTest(NodeTest):
    config = {"gate": {"enabled": True, "host": "127.0.0.1", "port": 0}}

    @classmethod
    def prepare(cls):
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        configuration = json.loads(cls.node.file.read_text())
        configuration["tracing"] = {"sample": 1, "otlp_url": cls.collector.url}
        cls.node.file.write_text(json.dumps(configuration))

    def span(self, name):
        return eventually(lambda: next((span for span in self.collector.spans if span["name"] == name), None), f"the span {name}")

    def test_a_request_goes_on_with_the_trace_of_who_asks(self):
        trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
        self.node.http("/user/getImNode", port="gate", headers={"traceparent": f"00-{trace}-{parent}-01"})
        span = self.span("GET /user/getImNode")
        self.assertEqual((span["traceId"], span["parentSpanId"], span["kind"]), (trace, parent, 2))
        self.assertEqual(span["attributes"]["http.route"], "/user/getImNode")
        self.assertNotIn("status", span)

    def test_what_nobody_serves_has_no_name_of_its_own(self):
        self.node.http("/some/secret", port="gate", method="PROPFIND")
        span = self.span("_OTHER")
        self.assertEqual(span["attributes"], {"http.request.method": "_OTHER", "http.response.status_code": "404"})


class OffTest(NodeTest):
    def test_nothing_is_traced(self):
        client = self.client("quiet")
        client.ask(wire.chat("quiet", "hello"), wire.MESSAGE_REQUEST)
        self.assertEqual(self.node.metric("hpush_trace_spans_total"), 0)

    def test_a_share_needs_a_place_to_go(self):
        done = run_command("serve", "--config", self.node.file, "--set", "tracing.sample=0.5")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("tracing.otlp_url or tracing.file", done.stderr)
        done = run_command("serve", "--config", self.node.file, "--set", "tracing.sample=2")
        self.assertIn("expected a number from 0 to 1, found the integer 2", done.stderr)


class ClusterTest(unittest.TestCase):
    def test_a_trace_goes_from_node_to_node(self):
        collector = Collector()
        self.addCleanup(collector.close)
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        first = cluster.add(tracing={"sample": 1, "otlp_url": collector.url})
        # Begins none, and goes on with those of others.
        second = cluster.add(tracing={"otlp_url": collector.url})
        eventually(lambda: first.metric("hpush_peer_links_open") == 1, "the link")
        with first.client("amy") as amy, second.client("ben") as ben:
            def arrives():
                amy.send(wire.chat("ben", "hello"))
                try:
                    return ben.receive(wire.MESSAGE_REQUEST, timeout=1)
                except TimeoutError:
                    return None
            eventually(arrives, "the message")
            trace = trace_of(
                collector,
                lambda span: any(other["name"] == "deliver" and other["traceId"] == span["traceId"] for other in collector.spans), 4,
                "spans of both nodes")
            self.assertEqual((trace["forward"]["node"], trace["deliver"]["node"]), ("node-1", "node-2"))
            self.assertEqual(trace["deliver"]["parentSpanId"], trace["forward"]["spanId"])
            self.assertEqual(trace["forward"]["parentSpanId"], trace["message_request"]["spanId"])
            # The other node begins no trace.
            ben.send(wire.chat("amy", "and back"))
            amy.receive_until(wire.MESSAGE_REQUEST)
            amy.send(wire.chat("ben", "last"))
            ben.receive_until(wire.MESSAGE_REQUEST)
            eventually(lambda: sum(span["name"] == "deliver" for span in collector.spans) >= 2, "the last message's spans")
            self.assertEqual({span["node"] for span in collector.spans if "parentSpanId" not in span}, {"node-1"})


if __name__ == "__main__":
    unittest.main()
