"""What a node does that stores messages on SQLite (and, without a target, on MariaDB): rates and latencies of receipts, logins with much to
get, pages of long histories, large groups, many devices. Prints a table; the exit status is 1 when a target is missed.

    scripts/bench store [--rounds N] [--seconds S] [--only receipts|login|history|group|allocations|devices|mariadb ...] [--quick]
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(ROOT / "Tests/Node"), str(HERE.parent / "comparison")]
os.environ.setdefault("HPUSH_BIN", str(ROOT / ".build/release/hpush"))

import fill  # noqa: E402
import machine  # noqa: E402
import node as nodes  # noqa: E402
import report  # noqa: E402
import servers  # noqa: E402
import wire  # noqa: E402
from verdicts import Verdict  # noqa: E402

PARTS = ["receipts", "login", "history", "group", "allocations", "devices", "mariadb"]
PIPELINE = [{"login": {"mode": "open"}}, "group_chat", {"inbox": {"max_messages": 10_000_000}}, "chat_redirect"]


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench store", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=8, help="a run of messages")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be repeated")
    parser.add_argument("--messages", type=int, default=5_000_000, help="in the database whose pages are read")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it works, not how it is")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds, chosen.messages = 1, 2, 50_000
    chosen.only = chosen.only or PARTS
    return chosen


def store_node(**config):
    server = nodes.Node({"chat": {"threads": 0}, "limits": {"remembered_messages": 500_000}, **config}, PIPELINE)
    return server


class Load:
    """The load generator, in C: it shares the machine with the node."""

    def __init__(self, folder):
        if not shutil.which("gcc"):
            raise SystemExit("bench: gcc is missing: run scripts/setup")
        self.program = folder / "load"
        subprocess.run(["gcc", "-O2", "-flto", "-std=gnu11", "-o", self.program, *(HERE / "load").glob("*.c")], check=True)

    def run(self, server, *arguments, timeout=300):
        command = [self.program, "--port", str(server.ports["chat"]), *map(str, arguments)]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=timeout)
        if run.returncode != 0:
            raise SystemExit(f"bench: a run went wrong: {' '.join(map(str, command))}: {run.stdout}\n{server.log_text()}")
        return json.loads(run.stdout)


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def rates(chosen, load, what, more, config, least):
    """Runs with 32 messages in flight of each sender, and runs at half of the rate reached then, `least` at least."""
    full, paced = [], []
    for number in range(chosen.rounds):
        server = store_node(**config()).start()
        try:
            common = ["send", "--senders", 200, "--seconds", chosen.seconds, "--warmup", 2, *more]
            full.append(load.run(server, *common, "--window", 32, "--prefix", f"f{number}"))
            paced.append(load.run(server, *common, "--rate", max(full[-1]["accepted_per_s"] / 2, least), "--prefix", f"p{number}"))
            full[-1]["commits"] = server.metric("hpush_store_writes_total") / max(server.metric("hpush_store_commits_total"), 1)
        finally:
            server.remove()
        print(f"  {what}: {full[-1]} {paced[-1]}", file=sys.stderr, flush=True)
    row = [
        what, f"{median(full, 'accepted_per_s'):,.0f}", f"{median(full, 'p99_ms'):.1f}", f"{median(paced, 'accepted_per_s'):,.0f}",
        f"{median(paced, 'p50_ms'):.1f}", f"{median(paced, 'p99_ms'):.1f}", f"{median(paced, 'most_ms'):.1f}"]
    return row, median(full, "accepted_per_s"), median(paced, "p99_ms")


RATES = ["messages", "a second", "p99 ms", "paced, a second", "p50 ms", "p99 ms", "most ms"]


def receipts(chosen, load):
    """Stored messages a second with receipts and acknowledgements, and how long a receipt takes at half of that."""
    rows, verdicts = [], []
    for what, more in (("recipients acknowledge", []), ("recipients are away", ["--offline"])):
        row, rate, p99 = rates(chosen, load, what, more, dict, 10_000)
        rows.append(row)
        verdicts.append(Verdict(f"stored and answered a second, {what}", rate, 20_000, True, digits=0))
        verdicts.append(Verdict(f"p99 of a receipt at half of it, {what}", p99, 50, False, unit=" ms", digits=1))
    return [report.table(RATES, rows)], verdicts


def mariadb(chosen, load):
    """The same on MariaDB, on this machine and with a sync for each of its commits; without a target."""
    server = servers.MariaDB().start()
    try:
        row, _, _ = rates(chosen, load, "MariaDB, recipients acknowledge", [], lambda: {"store": server.store()}, 0)
    finally:
        server.remove()
    return [report.table(RATES, [row])], []


def login(chosen, load):
    """How long a login takes until 10,000 waiting messages are there."""
    times = []
    server = store_node().start()
    try:
        for number in range(chosen.rounds):
            user = f"busy{number}"
            while (count := server_waiting(server, load, user)) < 10_000:
                print(f"  {count} wait", file=sys.stderr)
            with server.client() as client:
                began = time.perf_counter()
                client.login(user)
                for _ in range(10_000):
                    client.receive_frame()
                times.append(time.perf_counter() - began)
    finally:
        server.remove()
    print(f"  login: {times}", file=sys.stderr)
    what = "a login with 10,000 waiting messages, until all are there"
    return [], [Verdict(what, statistics.median(times), 1, False, unit=" s", digits=3)]


def server_waiting(server, load, user, wanted=10_000):
    result = load.run(
        server, "send", "--senders", 50, "--window", 8, "--seconds", 3, "--warmup", 0, "--to", user, "--offline", "--prefix", user)
    if result["accepted"] < wanted:
        return server_waiting(server, load, user, wanted - result["accepted"]) + result["accepted"]
    return result["accepted"]


def history(chosen, load):
    """A page out of many messages, by SYNC_REQUEST: until the frame is there."""
    server = store_node().start()
    try:
        server.stop()
        began = time.monotonic()
        conversations = fill.fill(server.folder / "data/messages.db", chosen.messages)
        print(f"  {chosen.messages:,} messages stored in {time.monotonic() - began:.0f} s", file=sys.stderr)
        server.start()
        source = random.Random(5)
        times = {"cold": [], "warm": []}
        with server.client("reader") as client:
            for _ in range(100 * chosen.rounds):
                peer, count = source.choice(conversations)
                after = source.randrange(max(count - 100, 1))
                request = wire.message(wire.SYNC_REQUEST, 7, syncRequest={"conversation": peer, "after_seq": after, "limit": 100})
                for kind in times:
                    began = time.perf_counter()
                    client.send(request)
                    frame = client.receive_frame()
                    times[kind].append(time.perf_counter() - began)
                page = wire.decode(frame[8:])["syncResponse"]["messages"]
                if [m["conversation_seq"] for m in page] != list(range(after + 1, after + 1 + min(100, count - after))):
                    raise SystemExit(f"bench: a wrong page of {peer} after {after}")
    finally:
        server.remove()
    rows, verdicts = [], []
    for kind, found in times.items():
        found.sort()
        rows.append([f"page of 100, {kind}", f"{statistics.median(found) * 1e3:.2f}", f"{found[len(found) * 99 // 100] * 1e3:.2f}"])
        what = f"a page of 100 out of {chosen.messages:,} messages, {'read for the first time' if kind == 'cold' else 'read again'}"
        verdicts.append(Verdict(what, statistics.median(found) * 1e3, 5, False, unit=" ms"))
    return [report.table(["history", "p50 ms", "p99 ms"], rows)], verdicts


def group(chosen, load):
    """A message to 10,000 members who are there."""
    count = 1000 if chosen.quick else 10_000
    server = store_node().start()
    try:
        made = nodes.run_command("group", "create", "crowd", *(f"m{n}" for n in range(count)), "--config", server.file, timeout=60)
        if made.returncode != 0:
            raise SystemExit(f"bench: {made.stderr}")
        result = load.run(server, "fan", "--members", count, "--rounds", max(chosen.rounds * 3, 3))
    finally:
        server.remove()
    print(f"  group: {result}", file=sys.stderr)
    what = f"a message to a group of {count:,}, until the last one has it"
    return [], [Verdict(what, result["fan_ms"], 200, False, unit=" ms", digits=0)]


def allocations(chosen, load):
    """Heap allocations for each member that a message to a group reaches. It is encoded once; to encode it again takes ten and more."""
    count, size = 1000, 8000
    library, counted = load.program.parent / "allocations.so", load.program.parent / "allocations"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "allocations.c"], check=True)
    counted.unlink(missing_ok=True)
    before = {key: os.environ.get(key) for key in ("LD_PRELOAD", "ALLOCATION_FILE")}
    os.environ.update(LD_PRELOAD=str(library), ALLOCATION_FILE=str(counted))
    try:
        server = store_node().start()
    finally:
        for key, value in before.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value
    try:
        made = nodes.run_command("group", "create", "crowd", *(f"m{n}" for n in range(count)), "--config", server.file, timeout=60)
        if made.returncode != 0:
            raise SystemExit(f"bench: {made.stderr}")
        result = load.run(server, "fan", "--members", count, "--rounds", 20, "--size", size, "--counts", counted)
    finally:
        server.remove()
    print(f"  allocations: {result}", file=sys.stderr)
    rows = [["each member of a group", f"{result['allocations'] / count:.1f}", f"{result['bytes'] / count:,.0f}"]]
    what = f"allocations for each member of a group that a message of {size:,} bytes reaches"
    return [report.table(["allocations", "count", "bytes"], rows)], [Verdict(what, result["allocations"] / count, 8, False, digits=1)]


def devices(chosen, load):
    """A message to a user with 100 devices."""
    server = store_node().start()
    try:
        result = load.run(server, "devices", "--members", 100, "--rounds", max(chosen.rounds * 10, 3))
    finally:
        server.remove()
    print(f"  devices: {result}", file=sys.stderr)
    what = "a message to 100 devices of a user, until the last one has it"
    return [], [Verdict(what, result["devices_ms"], 50, False, unit=" ms", digits=1)]


def main():
    chosen = options()
    if not pathlib.Path(os.environ["HPUSH_BIN"]).exists():
        raise SystemExit(f"bench: {os.environ['HPUSH_BIN']} is missing")
    tables, verdicts = [], []
    with tempfile.TemporaryDirectory(prefix="hpush-bench-") as name:
        load = Load(pathlib.Path(name))
        for part in chosen.only:
            more, judged = globals()[part](chosen, load)
            tables += more
            verdicts += judged
    tables.append(report.table(["target", "measured", "wanted", "verdict"], [verdict.cells() for verdict in verdicts]))
    print(f"{machine.description()}; medians of {chosen.rounds} rounds\n\n" + "\n\n".join(tables))
    return 1 if not chosen.quick and any(not verdict.good for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
