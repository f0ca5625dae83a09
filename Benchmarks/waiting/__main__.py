"""What waiting handlers cost others, and what they hold of memory. Prints tables; the exit status is 1 when a target is missed.

    scripts/bench waiting [--quick]
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE.parent / "comparison"))

import machine  # noqa: E402
import report  # noqa: E402
from servers import node  # noqa: E402
from verdicts import Verdict  # noqa: E402

CROWD = 1000
SUSPENDED = 100_000
SILENT, NOW, SLEEP, HTTP = "", "now", "sleep", "http"
# Two seconds between the messages of a session, whether its handler waits that long or answers at once: what differs is the waiting.
NAMES = {
    SILENT: "1,000 sessions that do nothing", NOW: "1,000 handlers that do not wait", SLEEP: "1,000 handlers in hpush.sleep",
    HTTP: "1,000 handlers in hpush.http"}


def start(script, *arguments):
    return subprocess.Popen(
        [sys.executable, HERE / script, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


@contextlib.contextmanager
def running(script, *arguments):
    """Starts a part of this benchmark; gives it and its first line. It ends with SIGTERM."""
    process = start(script, *arguments)
    try:
        line = process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"{script} did not start")
        yield process, line
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def bench_node(folder, settings, limits):
    pipeline = json.dumps([{"login": {"mode": "open"}}, {"waiter": settings}, "chat_redirect"])
    options = [f"plugins.pipeline={pipeline}", *(f"plugins.limits.{key}={value}" for key, value in limits.items())]
    more = [part for option in options for part in ("--set", option)]
    return node("node", ROOT / ".build-bench/release", folder / "plugins", folder, *more)


def give_real_time(process, thread=""):
    """Lets a process, or its threads of that name, go before all other programs of the machine."""
    for number in os.listdir(f"/proc/{process}/task"):
        if pathlib.Path(f"/proc/{process}/task/{number}/comm").read_text().startswith(thread):
            os.sched_setscheduler(int(number), os.SCHED_FIFO, os.sched_param(10))


def latencies(folder, rounds, seconds, real_time):
    """Rounds of the probe by what the crowd does, in turn."""
    rows = {what: [] for what in NAMES}
    every = set(os.sched_getaffinity(0))
    with running("service.py", 2) as (_, service):
        server = bench_node(folder, {"seconds": 2, "url": f"http://127.0.0.1:{service}/"}, {"wait_ms": 60_000})
        with server.running(every, folder / "log") as (port, process):
            if real_time:
                give_real_time(process, "loop-")
            for _ in range(rounds):
                for what in NAMES:
                    rows[what].append(one_round(port, what, seconds, real_time))
                    print(f"  {NAMES[what]:32} {rows[what][-1]}", file=sys.stderr, flush=True)
    return rows


def one_round(port, what, seconds, real_time):
    with running("crowd.py", port, CROWD, what) as (crowd, _):
        time.sleep(2.5)     # past the first requests, which open the connections to the service
        probe = start("probe.py", port, seconds)
        if real_time:
            give_real_time(probe.pid)
        output, _ = probe.communicate()
        if probe.returncode != 0:
            raise SystemExit("the probe failed")
        crowd.send_signal(signal.SIGTERM)
        crowd_result = json.loads(crowd.stdout.readline())
        wrong = {result: count for result, count in crowd_result["results"].items() if result not in ("slept", "200", "done")}
        if wrong or (what and not crowd_result["results"]):
            raise SystemExit(f"{NAMES[what]}: not all waited as they should: {crowd_result}")
        return json.loads(output)


def memory(folder, count):
    """Resident bytes before, with `count` suspended functions, and after they ended."""
    limits = {"wait_ms": 600_000, "suspended": count * 2, "memory_mb": 4096, "run_ms": 20_000}
    server = bench_node(folder, {"seconds": 20}, limits)
    with server.running(set(os.sched_getaffinity(0)), folder / "log") as (port, process):
        sys.path.append(str(HERE))
        from connection import Connection
        import wire
        client = Connection(port, "spawner")
        client.send(wire.heartbeat(1))
        client.frames()
        time.sleep(1)
        before = machine.resident(process)
        client.send(wire.chat("nobody", f"spawn {count}"))
        client.frames()
        time.sleep(5)
        held = machine.resident(process)
        # A turn of the loop while all wait.
        beats = []
        for number in range(200):
            began = time.perf_counter()
            client.send(wire.heartbeat(number))
            client.frames()
            beats.append(time.perf_counter() - began)
        time.sleep(25)
        return {"before": before * 1024, "held": held * 1024, "after": machine.resident(process) * 1024, "beat": statistics.median(beats)}


def middle(rows, kind, key):
    return statistics.median(row[kind][key] for row in rows)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench waiting")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it works, not how it is")
    parser.add_argument("--only", choices=["latency", "memory"])
    parser.add_argument(
        "--real-time", action="store_true",
        help="the loop and the probe go before all else (needs root): for machines where other programs run, or with two cores")
    asked = parser.parse_args()
    rounds, seconds = (1, 3) if asked.quick else (5, 12)
    verdicts, tables = [], []
    with tempfile.TemporaryDirectory(prefix="hpush-bench-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(ROOT / "plugins", folder / "plugins")
        shutil.copy(HERE / "waiter.lua", folder / "plugins")
        if asked.only != "memory":
            rows = latencies(folder, rounds, seconds, asked.real_time)
            columns = [(kind, key) for kind in ("message", "heartbeat") for key in ("p50", "p99", "p999")]
            cells = [[NAMES[what], *(f"{middle(found, *column):,.0f}" for column in columns)] for what, found in rows.items()]
            tables.append(report.table(["others' latency, us", *(" ".join(column) for column in columns)], cells))
            for what in (SLEEP, HTTP):
                for kind in ("message", "heartbeat"):
                    ratio = middle(rows[what], kind, "p99") / middle(rows[NOW], kind, "p99")
                    verdicts.append(Verdict(f"p99 of others' {kind}s, {NAMES[what]}, by not waiting", ratio, 1.25, False))
        if asked.only != "latency":
            count = SUSPENDED // 10 if asked.quick else SUSPENDED
            found = memory(folder, count)
            each = (found["held"] - found["before"]) / count
            cells = [[f"{key} ({what})", f"{found[key] / 1e6:,.1f}"] for key, what in (
                ("before", "no handler waits"), ("held", f"{count:,} wait, {each:,.0f} bytes each"), ("after", "5 s after the last ended"))]
            tables.append(report.table(["resident memory", "MB"], cells))
            if not asked.quick:
                what = f"resident memory with {count:,} suspended handlers"
                verdicts.append(Verdict(what, found["held"] / 1e6, 300, False, unit=" MB", digits=0))
    tables.append(report.table(["target", "measured", "wanted", "verdict"], [verdict.cells() for verdict in verdicts]))
    print(f"{machine.description()}; medians of {rounds} rounds of {seconds} s\n\n" + "\n\n".join(tables))
    return 1 if not asked.quick and any(not verdict.good for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
