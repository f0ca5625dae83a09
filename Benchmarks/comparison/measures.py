"""The runs, in rounds that alternate between the servers, so that what disturbs the machine for a while disturbs all of them."""

import collections
import statistics
import sys
import time

from machine import resident
from servers import node

PARTS = ["pairs", "open", "loops", "idle"]


class Measuring:
    def __init__(self, plan, generator, machine, folder):
        self.plan = plan
        self.generator = generator
        self.machine = machine
        self.folder = folder
        self.results = collections.defaultdict(list)

    def run(self, label, server, arguments, cores=None, crossing=False, after=0):
        log = self.folder / "servers.log"
        with server.running(cores or self.machine.server, log) as (port, process):
            result = self.generator.run(arguments, port, process, self.machine.generator, crossing)
            if after:
                time.sleep(after)
                result["rss_after_kb"] = resident(process)
        result["ours"] = server.ours
        self.results[label].append(result)
        others = result.get("others_cpu_pct")
        print(
            f"  {label:28} {result['msg_per_s']:>10,.0f} msg/s {result['server_cpu_s_per_Mmsg']:>8.3f} CPU s/M"
            f"  others {'not known' if others is None else f'{others:.0f} %'}", file=sys.stderr, flush=True)

    def median(self, label, key):
        values = [row[key] for row in self.results[label]]
        return statistics.median(values) if values else None


def run(plan, parts, generator, machine, binaries, plugins, folder):
    """All runs by label, as the generator reported them."""
    measuring = Measuring(plan, generator, machine, folder)
    chain = node("node, Lua chain", binaries, plugins, folder)
    native = node("node, no scripts", binaries, plugins, folder, "--scriptless")
    both = node("node, two loops", binaries, plugins, folder, threads=2)
    others = generator.servers()
    tuned = next((server for server in others if server.name == "netty tuned"), None)
    for number in range(plan.rounds):
        print(f"round {number + 1} of {plan.rounds}", file=sys.stderr)
        if "pairs" in parts:
            for window in (1, 16):
                for server in [chain, *others, native]:
                    measuring.run(f"{server.name}, W={window}", server, plan.chat(window, server.slow))
        if "open" in parts and "open" in generator.modes and tuned:
            open_loop(measuring, chain, tuned)
        if "loops" in parts and generator.crossing:
            measuring.run("one loop, W=16", chain, plan.chat(16, False))
            measuring.run("two loops, W=16", both, plan.chat(16, False), cores=machine.two_loops, crossing=True)
    if "idle" in parts and "idle" in generator.modes:
        measuring.run("idle", chain, plan.idle(), after=plan.idle_after)
    return dict(measuring.results)


def open_loop(measuring, chain, tuned):
    """Both at half of what the tuned server can do with one message in flight."""
    if not measuring.results["netty tuned, W=1"]:
        measuring.run("netty tuned, W=1", tuned, measuring.plan.chat(1, True))
    rate = int(measuring.median("netty tuned, W=1", "msg_per_s") / 2)
    for server in (chain, tuned):
        measuring.run(f"{server.name}, open", server, measuring.plan.open(rate, server.slow))
