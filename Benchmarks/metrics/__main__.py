"""What metrics cost: how long a scrape takes while many connections have traffic, and the node's processor time for one, with as many
connections that are silent meanwhile (under load, scraper and generator in each other's way change more than the scrape does). The node on
one core, the generator and the scrapes on the other. Prints a table; the exit status is 1 when a target is missed.

    scripts/bench metrics [--rounds N] [--seconds S] [--connections N] [--every S]
"""

import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Node"))
os.environ.setdefault("HPUSH_BIN", str(ROOT / ".build/release/hpush"))

import node as nodes  # noqa: E402

GENERATOR = ROOT / ".build-bench/release/Generator"
PIPELINE = [{"rate_limit": {"messages_per_second": 1000000, "burst": 1000000}}, {"login": {"mode": "open"}}, "chat_redirect"]
MOST_MILLISECONDS = 50
MOST_SHARE = 0.02


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench metrics", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="pairs of runs, with and without scrapes; medians count")
    parser.add_argument("--seconds", type=float, default=5, help="a run")
    parser.add_argument("--connections", type=int, default=15_000)
    parser.add_argument("--window", type=int, default=1, help="messages in flight a sender")
    parser.add_argument("--every", type=float, default=1, help="seconds between scrapes; Prometheus' usual 15 would cost less")
    parser.add_argument("--quick", action="store_true", help="one short round with few connections: whether it works")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds, chosen.connections = 1, 3, 500
    return chosen


class Scrapes:
    """Scrapes a node every so often while `with` lasts; `took` are the milliseconds of each."""

    def __init__(self, node, every):
        self.node, self.every = node, every
        self.took = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.ended.wait(self.every):
            began = time.perf_counter()
            status, _ = self.node.http("/metrics")
            assert status == 200, status
            self.took.append((time.perf_counter() - began) * 1000)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def command(chosen, node, seconds):
    return [
        "taskset", "-c", "1", GENERATOR, "--port", str(node.ports["chat"]), "--conns", str(chosen.connections),
        "--window", str(chosen.window), "--duration", str(seconds), "--warmup", "2", "--pid", str(node.process.pid)]


def load(chosen, node):
    run = subprocess.run(command(chosen, node, chosen.seconds), stdout=subprocess.PIPE, text=True, timeout=chosen.seconds + 180)
    result = json.loads(run.stdout)
    if not result["ok"]:
        raise SystemExit(f"bench: a run went wrong: {run.stdout}")
    return result


def processor_seconds(node):
    fields = pathlib.Path(f"/proc/{node.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def scrape_cost(chosen, node, count=500):
    """Processor time of the node for a scrape, in milliseconds."""
    generator = subprocess.Popen(command(chosen, node, 600), stdout=subprocess.DEVNULL)
    try:
        node.await_metric("hpush_connections", chosen.connections, timeout=120)
        generator.send_signal(signal.SIGSTOP)
        time.sleep(1)
        idle = processor_seconds(node)
        began = time.monotonic()
        time.sleep(5)
        idle = (processor_seconds(node) - idle) / (time.monotonic() - began)
        before, began = processor_seconds(node), time.monotonic()
        for _ in range(count):
            node.http("/metrics")
        return (processor_seconds(node) - before - idle * (time.monotonic() - began)) / count * 1000
    finally:
        generator.kill()
        generator.wait()


def main():
    chosen = options()
    node = nodes.Node(pipeline=PIPELINE)
    rows = {"without": [], "with": []}
    took = []
    try:
        node.start()
        subprocess.run(["taskset", "-acp", "0", str(node.process.pid)], check=True, stdout=subprocess.DEVNULL)
        # The scrapes, too: they stand for another machine's.
        os.sched_setaffinity(0, {1})
        load(chosen, node)
        for number in range(chosen.rounds):
            # In turns, so that what changes with time changes both.
            for what in sorted(rows, reverse=number % 2 == 1):
                if what == "without":
                    rows[what].append(load(chosen, node))
                    continue
                with Scrapes(node, chosen.every) as scrapes:
                    rows[what].append(load(chosen, node))
                took += scrapes.took
            for what, results in rows.items():
                print(f"  {what} scrapes: {results[-1]['msg_per_s']:,.0f} messages a second, "
                      f"{results[-1]['server_cpu_s_per_Mmsg']:.3f} s for a million", file=sys.stderr, flush=True)
        cost = scrape_cost(chosen, node)
    finally:
        node.remove()
    rates = {what: statistics.median(result["msg_per_s"] for result in results) for what, results in rows.items()}
    times = {what: statistics.median(result["server_cpu_s_per_Mmsg"] for result in results) for what, results in rows.items()}
    share = cost / 1000 / chosen.every
    took.sort()
    median, worst = statistics.median(took), took[min(len(took) - 1, int(len(took) * 0.95))]
    print(f"| {chosen.connections:,} connections with traffic | |\n| --- | ---: |")
    print(f"| a scrape, median of {len(took)} | {median:.1f} ms |\n| a scrape, 95th percentile | {worst:.1f} ms |")
    print(f"| processor time of the node for a scrape | {cost:.2f} ms |")
    for what, name in (("without", "without scrapes"), ("with", f"with a scrape every {chosen.every:g} s")):
        print(f"| messages a second {name} | {rates[what]:,.0f} |")
        print(f"| processor time of the node for a message {name} | {times[what]:.3f} us |")
    good = chosen.quick or (median < MOST_MILLISECONDS and share < MOST_SHARE)
    print(f"\n{'good' if good else 'missed'}: a scrape takes {median:.1f} ms (target {MOST_MILLISECONDS}), "
          f"a scrape every {chosen.every:g} s costs {share:.2%} of a core (target {MOST_SHARE:.0%})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
