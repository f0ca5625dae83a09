"""hpush.offload on a whole node: computing beside the loops, with the numbers that operators see."""

import threading
import time
import unittest

from case import NodeTest
from node import run_command

PLUGIN = """
local calls = 0
local M = { api = 1, version = "1", needs = { "offload", "crypto", "sessions" }, config = { word = { type = "string", default = "?" } },
            routes = {}, offload = {} }
local word

function M.init(ctx) word = ctx.config.word end

-- Burns processor time for as many rounds as it is told.
function M.offload.burn(rounds)
  local x = 0
  for i = 1, rounds do x = x + i % 7 end
  calls = calls + 1
  return word, calls
end
function M.offload.fail() error("no luck") end
function M.offload.endless() while true do end end
function M.offload.own() return #hpush.sessions.of_user("x") end
function M.offload.shared(key) hpush.metrics.add("offloaded") return hpush.shared.incr(key) end
function M.offload.hash() local text = "secret" local h = hpush.crypto.password_hash(text) return hpush.crypto.password_verify(text, h) end

function M.routes.burn(ctx, body) return (hpush.offload("burn", tonumber(body))) end
function M.routes.call(ctx, body) return tostring(hpush.offload(body)) end
function M.routes.shared(ctx, body)
  hpush.shared.set(body, 41)
  local there = hpush.offload("shared", body)
  return there .. " " .. hpush.shared.get(body)
end
return M
"""


class Offload(NodeTest):
    plugins = {"worker": PLUGIN}
    pipeline = [{"login": {"mode": "open"}}, {"worker": {"word": "configured"}}, "chat_redirect"]
    config = {"chat": {"threads": 2}, "plugins": {"limits": {"offload_ms": 1000, "offload_threads": 2, "wait_ms": 30000}}}

    def call(self, route, body=b""):
        return self.client("asker", f"d{time.monotonic()}").call(route, body)

    def test_the_result_comes_back_and_init_ran_there(self):
        self.assertEqual(self.call("burn", b"1000"), (0, "configured"))

    def test_others_are_served_meanwhile(self):
        answers = []
        askers = [threading.Thread(target=lambda: answers.append(self.call("burn", b"1500000"))) for _ in range(6)]
        other = self.client("other")
        for asker in askers:
            asker.start()
        slowest = max(other.beat() for _ in range(100))
        for asker in askers:
            asker.join()
        self.assertEqual(answers, [(0, "configured")] * 6)
        self.assertLess(slowest, 0.5)

    def test_what_fails_there_fails_here_with_both_places(self):
        self.assertNotEqual(self.call("call", b"fail")[0], 0)
        self.assertRegex(self.node.log_text(), r"worker.lua:\d+: \S+worker.lua:16: no luck")

    def test_an_endless_function_is_stopped_and_the_next_one_runs(self):
        self.assertNotEqual(self.call("call", b"endless")[0], 0)
        said = r"worker.lua:\d+: \S+worker.lua:17: ran longer than its budget \(plugins.limits.offload_ms\)"
        self.assertRegex(self.node.log_text(), said)
        self.assertEqual(self.call("burn", b"1"), (0, "configured"))
        self.node.await_metric("hpush_plugin_budget_kills_total", 1, plugin="worker", handler="offload.endless")

    def test_sessions_are_not_there_and_the_reason_says_so(self):
        self.assertNotEqual(self.call("call", b"own")[0], 0)
        self.assertIn("sessions.of_user is not possible in an offload function", self.node.log_text())

    def test_shared_values_metrics_and_hashes_are_there(self):
        self.assertEqual(self.call("shared", b"key"), (0, "42 42"))
        self.node.await_metric("hpush_plugin_metric", 1, plugin="worker", name="offloaded")
        self.assertEqual(self.call("call", b"hash"), (0, "true"))

    def test_numbers_in_the_list_and_in_metrics(self):
        self.call("burn", b"10000")
        self.call("call", b"fail")
        self.node.await_metric("hpush_plugin_errors_total", 1, plugin="worker", handler="offload.fail")
        plugin = next(p for p in self.node.json("/v1/plugins")[1]["plugins"] if p["name"] == "worker")
        burn = next(h for h in plugin["handlers"] if h["name"] == "offload.burn")
        self.assertGreaterEqual(burn["calls"], 1)
        # The middle may be one of the shortest calls, of the other tests.
        self.assertGreater(burn["p50_microseconds"], 0)
        self.assertGreaterEqual(self.node.metric("hpush_plugin_handler_seconds_count", plugin="worker", handler="offload.burn"), 1)
        self.assertGreater(self.node.metric("hpush_offload_memory_bytes"), 0)

    def handler(self, name):
        plugin = next(p for p in self.node.json("/v1/plugins")[1]["plugins"] if p["name"] == "worker")
        return next(h for h in plugin["handlers"] if h["name"] == name)

    def test_numbers_are_those_of_all_loops_by_handler(self):
        before = {name: self.handler(name)["calls"] for name in ("routes.burn", "routes.call", "offload.burn")}
        clients = [self.client(f"c{n}") for n in range(10)]
        for client in clients:
            self.assertEqual(client.call("burn", b"1"), (0, "configured"))
        self.assertEqual({name: self.handler(name)["calls"] - calls for name, calls in before.items()},
                         {"routes.burn": 10, "routes.call": 0, "offload.burn": 10})
        self.assertEqual(self.node.metric("hpush_plugin_calls_total", plugin="worker", handler="routes.burn"), before["routes.burn"] + 10)

    def test_the_list_shows_them(self):
        self.call("burn", b"100000")
        done = run_command("plugin", "list", "--config", self.node.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        line = next(line.split() for line in done.stdout.splitlines() if "offload.burn" in line)
        self.assertRegex(" ".join(line), r"^offload.burn [\d,]+ 0 0 [\d.]+ [um]s [\d.]+ [um]s \d+")
        self.assertIn("memory a call", done.stdout)


if __name__ == "__main__":
    unittest.main()
