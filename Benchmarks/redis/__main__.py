"""Pipelined GETs: RedisClient beside hiredis, in turns, against one Redis on loopback. Prints a table; the exit status is 1 when ours gets
less than 95% of the answers a second that hiredis gets with a window of 100 and more.

    scripts/bench redis [--rounds N] [--seconds S] [--window N ...] [--bytes N]
"""

import argparse
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
OURS, C = "RedisClient", "hiredis"


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench redis", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=2, help="a run")
    parser.add_argument("--window", type=int, nargs="+", default=[1, 100, 1000], help="commands sent before their answers are taken")
    parser.add_argument("--bytes", type=int, default=100, help="of each value")
    parser.add_argument("--quick", action="store_true", help="one short round")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds = 1, 0.5
    return chosen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(folder, size):
    """A server on a free port with 1,000 keys: (process, port)."""
    if not shutil.which("redis-server"):
        raise SystemExit("bench: redis-server is missing: run scripts/setup")
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--daemonize", "no"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                for number in range(1000):
                    connection.sendall(f"SET key:{number} {'x' * size}\r\n".encode())
                    connection.recv(100)
                return process, port
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise SystemExit("bench: redis-server did not start")


def compile_c(folder):
    if not shutil.which("gcc"):
        raise SystemExit("bench: gcc is missing: run scripts/setup")
    program = folder / "gets"
    subprocess.run(["gcc", "-O2", HERE / "gets.c", "-o", program, "-lhiredis"], check=True)
    return program


def measure(program, port, window, seconds):
    run = subprocess.run(
        [program, "127.0.0.1", str(port), str(window), str(seconds)], stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 60)
    rate, cpu, _ = run.stdout.split()
    return float(rate), float(cpu)


def main():
    chosen = options()
    missed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        programs = {C: compile_c(folder), OURS: ROOT / ".build-bench/release/RedisGets"}
        server, port = start_server(folder, chosen.bytes)
        try:
            print(f"{'window':>6}  {'client':<12} {'GETs/s':>10} {'CPU us/GET':>11}")
            for window in chosen.window:
                results = {client: [] for client in programs}
                for number in range(chosen.rounds):
                    # Who is first takes turns, too.
                    for client in sorted(programs, reverse=number % 2 == 1):
                        results[client].append(measure(programs[client], port, window, chosen.seconds))
                rates = {client: statistics.median(rate for rate, _ in runs) for client, runs in results.items()}
                for client, runs in results.items():
                    print(f"{window:>6}  {client:<12} {rates[client]:>10,.0f} {statistics.median(cpu for _, cpu in runs):>11.3f}")
                # Pairs that ran one after the other: what disturbs both does not count.
                pairs = list(zip(results[OURS], results[C]))
                ratio = statistics.median(ours[0] / other[0] for ours, other in pairs)
                cpu = statistics.median(ours[1] / other[1] for ours, other in pairs)
                print(f"{'':>6}  ours by {C}, median of the rounds: GETs/s {ratio:.2f}, CPU {cpu:.2f}")
                missed = missed or (window >= 100 and ratio < 0.95)
        finally:
            server.kill()
            server.wait()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
