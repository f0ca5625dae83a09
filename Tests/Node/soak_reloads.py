#!/usr/bin/env python3
"""Reloads the plugins back to back while messages run at full speed through a plugin that waits on one in a hundred, and says whether
anything was lost, doubled, reordered or disconnected, whether an execution ever saw two generations, how long the loops stood still, and
what memory it took.

    soak_reloads.py [--reloads 1000] [--seconds 60] [--loops 1] [--imload PATH] [--node-cpu 0 --load-cpu 1]

Without --imload the load is a generator of Python: slower, but checked in the same way. Exits 0 only when all is well.
"""

import argparse
import http.client
import json
import math
import os
import subprocess
import sys
import threading
import time

import wire
from rules import RulesNode

# Everything is compared with what `init` saw: a handler, before and after its wait, and the plugin behind it, by a mark in the message.
WAITING = """
local M = { api = 1, version = "1" }
local mine, count = nil, 0
local function check(ctx) if ctx.generation ~= mine then hpush.metrics.add("mixed") end end
function M.init(ctx) mine = ctx.generation end
M.inbound = { message_request = function(ctx, msg)
  count = count + 1
  check(ctx)
  if count % 100 ~= 0 then return end
  hpush.sleep(0)
  check(ctx)
  hpush.metrics.add("waits")
  msg.property = tostring(mine)
end }
function M.save() return { count = count, from = mine } end
function M.restore(old)
  if old.from ~= mine - 1 then hpush.metrics.add("mixed") end
  count = old.count
end
return M
"""
BEHIND = """
local M = { api = 1, version = "1" }
local mine
function M.init(ctx) mine = ctx.generation end
M.inbound = { message_request = function(ctx, msg)
  local mark = msg.property
  if ctx.generation ~= mine or (mark ~= "" and mark ~= tostring(mine)) then hpush.metrics.add("mixed") end
end }
return M
"""


class PythonLoad:
    """Pairs of sessions, each sending numbered messages to the other as fast as this language can."""

    PAIRS, BATCH, AHEAD = 4, 32, 2000

    def __init__(self, node):
        self.faults = []
        self.received = 0
        self.stopping = False
        clients = [(node.client(f"a{n}"), node.client(f"b{n}"), n) for n in range(self.PAIRS)]
        self.clients = [client for a, b, _ in clients for client in (a, b)]
        self.threads = [threading.Thread(target=self.run, args=pair) for pair in clients]
        for thread in self.threads:
            thread.start()

    def run(self, sender, receiver, pair):
        sent = got = 0
        end = None
        try:
            while end is None or got < end:
                while end is None and sent - got < self.AHEAD:
                    sender.send(b"".join(wire.chat(f"b{pair}", str(n), n, n) for n in range(sent + 1, sent + 1 + self.BATCH)))
                    sent += self.BATCH
                    if self.stopping:
                        end = sent
                for _ in range(min(self.BATCH, sent - got)):
                    content = receiver.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"]
                    got += 1
                    self.received += 1
                    if content != str(got):
                        raise AssertionError(f"pair {pair}: message {content} where {got} was due")
            if not receiver.is_silent():
                raise AssertionError(f"pair {pair}: a message too many")
        except Exception as fault:
            self.faults.append(f"{type(fault).__name__} {fault}")

    def is_running(self):
        return True

    def finish(self):
        """Faults, and messages received."""
        self.stopping = True
        for thread in self.threads:
            thread.join()
        for client in self.clients:
            client.close()
        return self.faults, self.received


class Imload:
    """The generator of another project; it checks every message and says so in its result."""

    CHECKED = ("lost", "dup", "reordered", "misrouted", "corrupt", "protocol", "closed")

    def __init__(self, node, options):
        arguments = [
            options.imload, "--port", node.ports["chat"], "--conns", options.connections, "--mode", "chat", "--window", options.window,
            "--size", 64, "--warmup", 1, "--duration", options.seconds, "--pid", node.process.pid]
        self.process = subprocess.Popen(
            list(map(str, arguments)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pin(options.load_cpu))

    def is_running(self):
        return self.process.poll() is None

    def finish(self):
        output, said = self.process.communicate()
        try:
            result = json.loads(output)
        except ValueError:
            return [f"the generator failed: {said.strip()}"], 0
        print(f"generator: {said.strip()}")
        faults = [f"{key} {result[key]}" for key in result if any(name in key for name in self.CHECKED) and result[key]]
        if self.process.returncode:
            faults.append(f"the generator ended with {self.process.returncode}")
        self.per_second = result["msg_per_s"]
        return faults, result["msg_per_s"] * result.get("duration", 1)


def pin(cpu):
    return None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})


class Reloads:
    """One after the other by the admin listener, over one connection."""

    def __init__(self, node):
        self.connection = http.client.HTTPConnection("127.0.0.1", node.ports["admin"], timeout=60)
        self.done = 0
        self.faults = []

    def once(self):
        self.connection.request("POST", "/v1/plugins/reload")
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            self.done += 1
        else:
            self.faults.append(f"reload refused: {body.decode()}")


def pauses(node):
    """(p99, longest) of the loops' pauses in milliseconds; the p99 is the upper end of its bucket."""
    text = node.http("/metrics")[1]
    counts = {}
    for line in text.splitlines():
        if line.startswith("hpush_plugin_switch_pause_seconds_bucket"):
            bound = float(line.split('le="')[1].split('"')[0])
            counts[bound] = counts.get(bound, 0) + float(line.split()[-1])
    total = counts[math.inf]
    p99 = min(bound for bound, count in counts.items() if count >= 0.99 * total)
    longest = node.metric("hpush_plugin_switch_longest_pause_seconds")
    return p99 * 1000, longest * 1000, int(total)


def soak(options):
    node = RulesNode(
        {"waiting": WAITING, "behind": BEHIND}, {"chat": {"threads": options.loops}, "log": {"level": "warning"}})
    faults = []
    try:
        if options.node_cpu is not None:
            # Inherited by the node.
            os.sched_setaffinity(0, {options.node_cpu})
        node.start()
        if options.load_cpu is not None:
            os.sched_setaffinity(0, {options.load_cpu})
        load = Imload(node, options) if options.imload else PythonLoad(node)
        time.sleep(options.settle)
        reloads = Reloads(node)
        # The first one brings program text into memory that was not needed before: 1.3 MB, once.
        reloads.once()
        time.sleep(1.5)
        before = node.resident_bytes()
        started = time.monotonic()
        samples = []
        while load.is_running() and (reloads.done < options.reloads or options.imload) and not reloads.faults:
            reloads.once()
            if reloads.done % max(options.reloads // 10, 1) == 0:
                samples.append(f"{node.resident_bytes() / 2**20:.1f}")
        took = time.monotonic() - started
        # What waits in old generations is done by then.
        node_after = node.resident_bytes() if load.is_running() else None
        load_faults, received = load.finish()
        time.sleep(1)
        after = node_after if node_after is not None else node.resident_bytes()
        faults += reloads.faults + load_faults
        waits = node.metric("hpush_plugin_metric", plugin="waiting", name="waits")
        mixed = node.metric("hpush_plugin_metric", name="mixed")
        p99, longest, switches = pauses(node)
        finishing = node.json("/v1/plugins")[1]["finishing"]
        growth = after / before - 1
        print(f"{reloads.done} reloads in {took:.1f} s; {received:,.0f} messages in the measured phase; {waits:,.0f} of them waited")
        print(f"pauses of {switches} switches: p99 <= {p99:g} ms, longest {longest:.2f} ms")
        print(f"resident memory: {before / 2**20:.1f} MiB before, {after / 2**20:.1f} MiB after ({growth:+.1%})")
        print(f"on the way: {' '.join(samples)} MiB")
        if reloads.done < options.reloads:
            faults.append(f"only {reloads.done} of {options.reloads} reloads were done")
        if mixed:
            faults.append(f"{mixed:.0f} executions saw two generations")
        if waits < 10:
            faults.append("hardly anything waited: the load proves nothing")
        if options.most_pause_ms and p99 > options.most_pause_ms:
            faults.append(f"p99 of the pauses is over {options.most_pause_ms} ms")
        if growth > options.most_growth:
            faults.append(f"resident memory grew by {growth:.1%}")
        if finishing:
            faults.append(f"old generations are still there: {finishing}")
        if node.stop() != 0:
            faults.append("the node did not end well")
    finally:
        log = node.log_text() if node.process else ""
        node.remove()
    for fault in faults:
        print(f"FAULT: {fault}")
    if faults:
        print(log)
    return faults


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60, help="of load by imload; reloads go on to its end")
    parser.add_argument("--loops", type=int, default=1)
    parser.add_argument("--imload")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--window", type=int, default=16)
    parser.add_argument("--settle", type=float, default=4, help="seconds of load before the first reload")
    parser.add_argument("--node-cpu", type=int)
    parser.add_argument("--load-cpu", type=int)
    parser.add_argument("--most-pause-ms", type=float, default=1)
    parser.add_argument("--most-growth", type=float, default=0.03)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(1 if soak(parse()) else 0)
