"""What TLS and WebSocket cost: the same messages over each transport in turns, as ratios to plain TCP. Two nodes (one of them with TLS)
have a core, of which only the one that is measured makes use; the generator has another. Prints tables for docs/performance.md.

    scripts/bench tls [--rounds N] [--seconds S] [--connections N] [--window N ...] [--size BYTES ...] [--quick]
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build-bench/release"
sys.path.append(str(ROOT / "Tests/Node"))

from client import Client  # noqa: E402
from websocket import WebSocketClient  # noqa: E402

TRANSPORTS = ("tcp", "websocket", "tls", "wss")


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench tls", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=4, help="a run")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--window", type=int, nargs="+", default=[1, 16], help="messages in flight a sender")
    parser.add_argument("--size", type=int, nargs="+", default=[64, 4096], help="bytes of content")
    parser.add_argument("--quick", action="store_true", help="one short round")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds, chosen.connections = 1, 1, 100
    return chosen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Node:
    """A node of the benchmark with chat and WebSocket listener; ended by its process id."""

    def __init__(self, certificates, is_secure, folder):
        self.ports = {"chat": free_port(), "websocket": free_port()}
        settings = ["websocket.enabled=true", "websocket.host=127.0.0.1", f"websocket.port={self.ports['websocket']}"]
        if is_secure:
            settings += [f"tls.certificate={certificates}/server.pem", f"tls.key={certificates}/server.key", "tls.chat=true",
                         "tls.websocket=true"]
        command = [BINARIES / "BenchNode", "--port", self.ports["chat"], "--threads", 1, "--plugins", ROOT / "plugins"]
        for setting in settings:
            command += ["--set", setting]
        folder.mkdir()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(folder)},
            preexec_fn=lambda: os.sched_setaffinity(0, {0}))
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports["websocket"]), 1):
                return
            time.sleep(0.02)
        self.end()
        raise SystemExit("scripts/bench: a node did not start")

    def resident(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise SystemExit("scripts/bench: the node has gone")

    def end(self):
        self.process.kill()
        self.process.wait()


def generator(node, transport, certificates, **settings):
    port = node.ports["websocket" if transport in ("websocket", "wss") else "chat"]
    command = ["taskset", "-c", "1", BINARIES / "Generator", "--port", port, "--transport", transport, "--pid", node.process.pid,
               "--ca", certificates / "ca.pem"]
    for name, value in settings.items():
        command += [f"--{name}", value]
    run = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, timeout=180)
    result = json.loads(run.stdout)
    if not result["ok"]:
        raise SystemExit(f"scripts/bench: a run went wrong: {run.stdout}")
    return result


def idle(node, transport, certificates, count=2000):
    """Resident bytes that a connection costs which does nothing after its login; on a node that had no others before."""
    secure = ssl.create_default_context(cafile=certificates / "ca.pem") if transport in ("tls", "wss") else None
    kind, port = (WebSocketClient, "websocket") if transport in ("websocket", "wss") else (Client, "chat")
    with contextlib.ExitStack() as clients:

        def log_in(number):
            clients.enter_context(kind(node.ports[port], secure=secure)).login(f"user-{number}")

        for number in range(10):
            log_in(number)
        before = node.resident()
        for number in range(count):
            log_in(10 + number)
        time.sleep(1)
        return (node.resident() - before) / count


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " ---: |" * (len(heads) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    chosen = options()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="hpush-bench-tls-") as name:
        folder = pathlib.Path(name)
        certificates = folder / "certificates"
        certificates.mkdir()
        subprocess.run(["bash", ROOT / "Tests/make-certificates", certificates], check=True)
        nodes = []
        try:
            for is_secure in (False, True):
                nodes.append(Node(certificates, is_secure, folder / f"node-{is_secure}"))
            measure(chosen, *nodes, certificates)
        finally:
            for node in nodes:
                node.end()
        rows = []
        for transport in TRANSPORTS:
            node = Node(certificates, transport in ("tls", "wss"), folder / f"idle-{transport}")
            try:
                rows.append([transport, f"{idle(node, transport, certificates):,.0f}"])
            finally:
                node.end()
        table(["idle", "resident bytes a connection"], rows)


def measure(chosen, plain, secure, certificates):
    node = {transport: secure if transport in ("tls", "wss") else plain for transport in TRANSPORTS}
    results = {}
    for number in range(chosen.rounds):
        for size in chosen.size:
            for window in chosen.window:
                for transport in TRANSPORTS:
                    print(f"round {number + 1} of {chosen.rounds}: {size} bytes, W={window}, {transport}", file=sys.stderr)
                    result = generator(
                        node[transport], transport, certificates, conns=chosen.connections, window=window, size=size,
                        duration=chosen.seconds)
                    results.setdefault((size, window, transport), []).append(result)
    print(time.strftime("%Y-%m-%d"), f"{chosen.connections} connections, medians of {chosen.rounds} runs of {chosen.seconds:g} s\n")
    rows = []
    for size in chosen.size:
        for window in chosen.window:
            base = None
            for transport in TRANSPORTS:
                runs = results[size, window, transport]
                rate = statistics.median(run["msg_per_s"] for run in runs)
                cpu = statistics.median(run["server_cpu_s_per_Mmsg"] for run in runs)
                logins = statistics.median(run["logins_per_s"] for run in runs)
                base = base or (rate, cpu)
                rows.append([f"{size} bytes, W={window}, {transport}", f"{rate:,.0f}", f"{rate / base[0]:.2f}", f"{cpu:.3f}",
                             f"{cpu / base[1]:.2f}", f"{logins:,.0f}"])
    table(["run", "msg/s", "to tcp", "CPU s/M", "to tcp", "logins/s"], rows)


if __name__ == "__main__":
    main()
