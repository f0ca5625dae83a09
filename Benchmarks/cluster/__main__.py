"""What a cluster costs: messages between users of two nodes beside messages within one, and logins that are written to Redis. Two nodes
on one core, ZooKeeper, Redis and the generator on another. Prints a table; the exit status is 1 when a target is missed.

    scripts/bench cluster [--rounds N] [--seconds S] [--connections N] [--window N ...]
"""

import argparse
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Node"))
os.environ.setdefault("HPUSH_BIN", str(ROOT / ".build/release/hpush"))

import node as nodes  # noqa: E402
from cluster import Cluster  # noqa: E402

GENERATOR = ROOT / ".build-bench/release/Generator"
PIPELINE = [{"rate_limit": {"messages_per_second": 1000000, "burst": 1000000}}, {"login": {"mode": "open"}}, "chat_redirect"]


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench cluster", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=4, help="a run")
    parser.add_argument("--connections", type=int, default=400)
    parser.add_argument("--window", type=int, nargs="+", default=[1, 16], help="messages in flight a sender")
    parser.add_argument("--quick", action="store_true", help="one short round")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 1
    return chosen


def pin(process, core):
    subprocess.run(["taskset", "-acp", str(core), str(process)], check=True, stdout=subprocess.DEVNULL)


def load(chosen, first, second, window):
    """One run of the generator: its result."""
    command = [
        "taskset", "-c", "1", GENERATOR, "--port", str(first.ports["chat"]), "--conns", str(chosen.connections), "--window", str(window),
        "--duration", str(chosen.seconds), "--pid", ",".join(str(n.process.pid) for n in {first, second})]
    if second is not first:
        command += ["--second-port", str(second.ports["chat"])]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=chosen.seconds + 120)
    result = json.loads(run.stdout)
    if not result["ok"]:
        raise SystemExit(f"bench: a run went wrong: {run.stdout}")
    return result


def build_imload(folder):
    """The larger generator, which connects fast; None where it is not there."""
    source = ROOT.parent / "shared/bench"
    if not (source / "imload.c").is_file():
        return None
    command = ["gcc", "-O2", "-std=gnu11", "-pthread", "-o", str(folder / "imload"), "imload.c"]
    return folder / "imload" if subprocess.run(command, cwd=source).returncode == 0 else None


def logins(node, redis, imload):
    """Routes written a second while 10,000 users log in: from the first in Redis to the last."""
    options = ["--port", str(node.ports["chat"]), "--conns", "10000"]
    command = [imload, *options, "--mode", "idle", "--hold", "3"] if imload else [GENERATOR, *options, "--duration", "3"]
    with socket.create_connection(("127.0.0.1", redis.port)) as connection, \
            subprocess.Popen(["taskset", "-c", "1", *command], stdout=subprocess.DEVNULL) as run:
        began = None
        while True:
            connection.sendall(b"DBSIZE\r\n")
            count, now = int(connection.recv(100)[1:]), time.monotonic()
            if began is None and count:
                began, first = now, count
            if count >= 10_000:
                break
            if run.poll() is not None:
                raise SystemExit("bench: not all users logged in")
            time.sleep(0.002)
        run.wait()
    time.sleep(2)
    return (10_000 - first) / (now - began)


def main():
    chosen = options()
    if not pathlib.Path(os.environ["HPUSH_BIN"]).exists():
        raise SystemExit(f"bench: {os.environ['HPUSH_BIN']} is missing")
    cluster = Cluster(session_timeout_ms=10000)
    missed = False
    try:
        pair = [cluster.add(f"bench-{n}", PIPELINE, limits={"connections_per_address": 0}) for n in range(2)]
        for server in [*cluster.zookeepers, cluster.redis]:
            pin(server.process.pid, 1)
        for node in pair:
            pin(node.process.pid, 0)
        time.sleep(1)
        print("| window | where | msg/s | CPU s/M msg | of one node's |")
        print("| ---: | --- | ---: | ---: | ---: |")
        for window in chosen.window:
            results = {"one node": [], "two nodes": []}
            for _ in range(chosen.rounds):
                results["one node"].append(load(chosen, pair[0], pair[0], window))
                results["two nodes"].append(load(chosen, pair[0], pair[1], window))
            cost = {where: statistics.median(r["server_cpu_s_per_Mmsg"] for r in runs) for where, runs in results.items()}
            for where, runs in results.items():
                rate = statistics.median(r["msg_per_s"] for r in runs)
                print(f"| {window} | {where} | {rate:,.0f} | {cost[where]:.3f} | {cost['one node'] / cost[where]:.2f} |")
            missed = missed or cost["one node"] / cost["two nodes"] < 0.5
        imload = build_imload(cluster.redis.folder)
        rates = [logins(pair[0], cluster.redis, imload) for _ in range(chosen.rounds)]
        print(f"\nlogins a second with their routes in Redis: {statistics.median(rates):,.0f} (wanted: 10,000)")
        missed = missed or statistics.median(rates) < 10_000
        print("messages between nodes, a core, by those within one: wanted at least 0.50")
    finally:
        cluster.remove()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
