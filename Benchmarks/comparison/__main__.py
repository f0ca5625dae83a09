"""Measures the pieces of the data path and whole nodes beside other servers, prints tables and verdicts (docs/performance.md).

Runs after the release build; scripts/bench does both. The exit status is 1 when a target is missed in a full run.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import measures
import report
import verdicts
from load import OwnGenerator, Peers
from machine import Machine
from plan import Plan

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build-bench/release"
PARTS = ["pieces", *measures.PARTS]


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Builds release, then measures pieces and whole nodes.")
    parser.add_argument("--quick", action="store_true", help="one short round: whether everything works, not how fast it is")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--markdown", metavar="FILE", help="writes the tables between the marks of this file")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "3")), help="3, or the environment's ROUNDS")
    parser.add_argument("--peers", metavar="DIR", default=str(ROOT / "../shared/bench"), help="load generator and servers to compare with")
    parser.add_argument("--keep", metavar="FILE", help="writes all results as JSON")
    return parser.parse_args()


def pieces(folder, quick):
    """Runs the pieces; their rows, and whether they are within their thresholds."""
    rows = folder / "pieces.json"
    command = [BINARIES / "PiecesBenchmark", "--plugins", ROOT / "plugins", "--json", rows, "--check", ROOT / "Benchmarks/thresholds.json"]
    status = subprocess.run(command + (["--quick"] if quick else []), stdout=sys.stderr, check=False).returncode
    if not rows.exists():
        raise SystemExit("scripts/bench: the pieces could not be measured")
    return json.loads(rows.read_text()), status == 0


def main():
    asked = options()
    # A signal ends the run by the way of an exception, so that the processes started here end with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    signal.signal(signal.SIGHUP, lambda number, frame: sys.exit(128 + number))
    parts = asked.only or PARTS
    plan = Plan(quick=asked.quick, rounds=asked.rounds)
    with tempfile.TemporaryDirectory(prefix="hpush-bench-") as name:
        folder = pathlib.Path(name)
        rows, good = pieces(folder, asked.quick) if "pieces" in parts else ([], True)
        peers = Peers.build(pathlib.Path(asked.peers), folder)
        generator = peers or OwnGenerator(BINARIES)
        results = measures.run(plan, parts, generator, Machine(), BINARIES, ROOT / "plugins", folder)
    judged = verdicts.judge(results, rows)
    text = report.text(plan, results, rows, judged, compared=peers is not None)
    print(text)
    if asked.markdown:
        report.write(pathlib.Path(asked.markdown), text)
    if asked.keep:
        pathlib.Path(asked.keep).write_text(json.dumps({"pieces": rows, "runs": results}, indent=1))
    missed = not good or any(not verdict.good for verdict in judged)
    return 1 if missed and not asked.quick else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
