"""Pipelined reads of one ZooKeeper node: ZooKeeperClient beside ZooKeeper's C client (libzookeeper-mt), in turns, against one server on
loopback. Prints a table; the exit status is 1 when ours reads less than 95% of what the C client reads.

    scripts/bench zookeeper [--rounds N] [--seconds S] [--window N ...] [--bytes N]
"""

import argparse
import json
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OURS, C = "ZooKeeperClient", "libzookeeper-mt"


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench zookeeper", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=4, help="a run")
    parser.add_argument("--window", type=int, nargs="+", default=[1, 100, 1000], help="reads in flight")
    parser.add_argument("--bytes", type=int, default=200, help="of the node's data")
    parser.add_argument("--quick", action="store_true", help="one short round")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 1
    return chosen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, word):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(word)
            return connection.recv(100)
    except OSError:
        return b""


def start_server(folder):
    """A server on a free port: (process, port)."""
    port = free_port()
    (folder / "zoo.cfg").write_text(
        f"tickTime=2000\ndataDir={folder}/data\nclientPortAddress=127.0.0.1\nclientPort={port}\nadmin.enableServer=false\n"
        "4lw.commands.whitelist=*\nmaxClientCnxns=0\n")
    process = subprocess.Popen(
        ["java", "-XX:+UseSerialGC", "-Xmx256m", "-cp", "/usr/share/java/zookeeper.jar",
         "org.apache.zookeeper.server.quorum.QuorumPeerMain", str(folder / "zoo.cfg")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if ask(port, b"ruok") == b"imok":
            return process, port
        time.sleep(0.1)
    process.kill()
    raise SystemExit("bench: ZooKeeper did not start: run scripts/setup")


def compile_c(folder):
    if not shutil.which("gcc"):
        raise SystemExit("bench: gcc is missing: run scripts/setup")
    program = folder / "reads"
    subprocess.run(["gcc", "-O2", "-DTHREADED", HERE / "reads.c", "-o", program, "-lzookeeper_mt", "-lpthread"], check=True)
    return program


def measure(program, port, window, seconds):
    run = subprocess.run(
        [program, f"127.0.0.1:{port}", "/bench", str(window), str(seconds)], stdout=subprocess.PIPE, text=True, check=True,
        timeout=seconds + 60)
    figures = json.loads(run.stdout)
    return figures["reads"] / figures["seconds"], figures["cpu"] / max(figures["reads"], 1) * 1e6


def main():
    chosen = options()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hpush-bench-"))
    server = None
    try:
        programs = {C: compile_c(folder), OURS: ROOT / ".build-bench/release/ZooKeeperReads"}
        server, port = start_server(folder)
        subprocess.run([programs[OURS], f"127.0.0.1:{port}", "/bench", "make", str(chosen.bytes)], check=True)
        # The server's compiler needs some work before it is quick; both get a quick one.
        for program in list(programs.values()) * 2:
            measure(program, port, 1000, chosen.seconds)
        results = {(name, window): [] for name in programs for window in chosen.window}
        for turn in range(chosen.rounds):
            for window in chosen.window:
                for name in sorted(programs, reverse=turn % 2 == 1):
                    results[name, window].append(measure(programs[name], port, window, chosen.seconds))
    finally:
        if server:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"| reads in flight ({chosen.bytes} bytes) | {OURS}, reads/s | {C}, reads/s | {OURS}, CPU us a read | {C}, CPU us a read |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    missed = False
    for window in chosen.window:
        ours, theirs = ([statistics.median(column) for column in zip(*results[name, window])] for name in (OURS, C))
        print(f"| {window:,} | {ours[0]:,.0f} | {theirs[0]:,.0f} | {ours[1]:.2f} | {theirs[1]:.2f} |")
        missed |= ours[0] < 0.95 * theirs[0]
    sys.exit(missed)


if __name__ == "__main__":
    main()
