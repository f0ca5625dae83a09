"""/metrics: Prometheus takes it, docs/metrics.md lists it, the examples for Grafana and Prometheus ask for what is there."""

import json
import re
import shutil
import statistics
import subprocess
import time
import unittest

import wire
from case import NodeTest
from certificates import Certificates
from cluster import Cluster, eventually
from crowd import Crowd
from node import ROOT

PROMTOOL = shutil.which("promtool")
SUFFIXES = ("_bucket", "_sum", "_count")
# Only where the kernel gives it.
OPTIONAL = {"process_open_fds"}


def types(text):
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))


def samples(text):
    """Names of all lines with a value."""
    return set(re.findall(r"^([a-zA-Z_:][\w:]*)(?:\{|\s)", re.sub(r"^#.*$", "", text, flags=re.M), re.M))


def listed():
    """By name, types and (with their values) labels in docs/metrics.md."""
    table = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        cells = re.split(r"\s*\|\s*", line)[1:-1]
        if len(cells) == 4 and cells[1] in ("gauge", "counter", "histogram", "summary"):
            for name in re.findall(r"`(\w+)`", cells[0]):
                table[name] = (cells[1], set(re.findall(r"`(\w+)`", cells[2])))
    return table


def check(test, text):
    if not PROMTOOL:
        test.skipTest("promtool is not here")
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    test.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


def asked(expression):
    """Metrics an expression of PromQL names."""
    return set(re.findall(r"\b(?:hpush|process)_[a-z0-9_]+\b", re.sub(r'"[^"]*"', "", expression)))


class StandaloneTest(NodeTest):
    config = {"gate": {"enabled": True, "host": "127.0.0.1", "port": 0, "page": False}}
    pipeline = [{"login": {"mode": "open"}}, "inbox", "chat_redirect"]

    def text(self):
        client = self.client("metered")
        client.ask(wire.chat("metered", "hello"), wire.MESSAGE_REQUEST)
        return self.node.http("/metrics")[1]

    def test_promtool_takes_it(self):
        check(self, self.text())
        check(self, self.node.http("/metrics", port="gate")[1])

    def test_values_follow(self):
        before = self.node.metric("hpush_frames_received_total", type="message_request")
        client = self.client("counted")
        client.beat()
        client.ask(wire.chat("counted", "hello"), wire.MESSAGE_REQUEST)
        self.node.await_metric("hpush_frames_received_total", before + 1, type="message_request")
        self.node.await_metric("hpush_frames_received_total", 1, type="heart_beat")
        self.node.await_metric("hpush_frames_received_total", 1, type="login_request")
        self.node.await_metric("hpush_store_commit_seconds_count", 1)
        self.node.await_metric("hpush_store_read_seconds_count", 1)
        self.node.await_metric("hpush_loop_tick_seconds_count", 1, loop="0")
        bad = self.client()
        bad.send(b"GET / HTTP/1.1\r\n\r\n")
        bad.wait_closed(5)
        self.node.await_metric("hpush_frames_refused_total", 1, reason="bad_magic")
        self.assertGreater(self.node.metric("process_cpu_seconds_total"), 0)

    def test_histograms_add_up(self):
        text = self.text()
        for name, kind in types(text).items():
            if kind != "histogram":
                continue
            series = {}
            for labels, value in re.findall(rf"^{name}_bucket\{{(.*)\}} (\d+)$", text, re.M):
                series.setdefault(re.sub(r',?le="[^"]*"', "", labels), []).append(int(value))
            for labels, values in series.items():
                self.assertEqual(values, sorted(values), name)
                count = re.search(rf"^{name}_count{re.escape('{' + labels + '}') if labels else ''} (\d+)$", text, re.M)
                self.assertEqual(values[-1], int(count[1]), f"{name} {labels}")

    def test_a_scrape_under_load_is_quick(self):
        """Benchmarks/metrics measures it with 15,000 connections; here it is only not to wait for something it should not."""
        crowd = Crowd(self.node, users=200)
        self.addCleanup(crowd.end)
        took = []
        for _ in range(9):
            began = time.monotonic()
            self.assertEqual(self.node.http("/metrics")[0], 200)
            took.append(time.monotonic() - began)
        self.assertLess(statistics.median(took), 0.5)

    def test_no_user_in_a_label(self):
        client = self.client("very-secret-user")
        client.ask(wire.chat("very-secret-user", "hello"), wire.MESSAGE_REQUEST)
        self.assertNotIn("very-secret-user", self.node.http("/metrics")[1])


class ClusterTest(unittest.TestCase):
    """A node in a cluster has all metrics but the gate's."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        certificates = Certificates()
        cls.addClassCleanup(certificates.remove)
        # With all that has metrics of its own.
        extra = {
            "limits": {"memory_mb": 100_000}, "queue": {"driver": "redis"}, "websocket": {"enabled": True, "host": "127.0.0.1", "port": 0},
            "tls": certificates.section(websocket=True)}
        cls.node = cls.cluster.add(**extra, plugins={"counts": """
local M = { api = 1, version = "1", inbound = {} }
function M.inbound.message_request(ctx, msg) hpush.metrics.add("seen", 1) end
return M
"""}, pipeline=[{"login": {"mode": "open"}}, "counts", "chat_redirect"],
            gate={"enabled": True, "host": "127.0.0.1", "port": 0, "token_secret": "a secret of the gate in tests, long enough"})
        cls.other = cls.cluster.add(pipeline=[{"login": {"mode": "open"}}, "chat_redirect"])
        eventually(lambda: cls.node.metric("hpush_peer_links_open") == 1, "the link")
        with cls.node.client("amy") as amy, cls.other.client("ben"):
            def forwarded():
                # Where ben is takes a moment to be known.
                for _ in range(70):
                    amy.send(wire.chat("ben", "hello"))
                return cls.node.metric("hpush_messages_forwarded_total") > 0
            eventually(forwarded, "messages to the other node")
        eventually(lambda: cls.node.metric("hpush_plugin_metric") > 0, "the plugin's metric")
        cls.text = cls.node.http("/metrics")[1]
        cls.gate = cls.node.http("/metrics", port="gate")[1]

    def test_promtool_takes_it(self):
        check(self, self.text)
        check(self, self.gate)

    def test_the_list_in_the_docs_is_what_there_is(self):
        table = listed()
        there = types(self.text) | types(self.gate)
        self.assertEqual({name: kind for name, (kind, _) in table.items()}, there)
        for name, labels in re.findall(r"^([a-z]\w*)\{(.*)\} ", self.text + self.gate, re.M):
            base = next((name.removesuffix(end) for end in SUFFIXES if name.removesuffix(end) in table), name)
            found = set(re.findall(r'(\w+)="', labels)) - {"le"}
            self.assertLessEqual(found, table[base][1], name)

    def test_latencies_of_the_servers(self):
        self.assertGreater(self.node.metric("hpush_zookeeper_request_seconds_count"), 0)
        self.assertGreater(self.node.metric("hpush_redis_command_seconds_count", use="routes"), 0)

    def test_grafana_asks_for_what_there_is(self):
        dashboard = json.loads((ROOT / "examples/grafana/hpush.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(expressions), 30)
        there = samples(self.text) | OPTIONAL
        for expression in expressions:
            self.assertTrue(asked(expression), expression)
            self.assertLessEqual(asked(expression), there, expression)

    def test_alerts_ask_for_what_there_is(self):
        rules = ROOT / "examples/prometheus/alerts.yml"
        named = asked(" ".join(re.findall(r"expr: (?:>\n)?((?:.|\n)*?)\n        (?:for|labels)", rules.read_text())))
        self.assertGreater(len(named), 10)
        self.assertLessEqual(named, samples(self.text) | OPTIONAL)
        if PROMTOOL:
            done = subprocess.run([PROMTOOL, "check", "rules", rules], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
