#!/usr/bin/env python3
"""Runs the tests of a whole node, two files at a time (those named, else all), and ends with `node: N passed, N failed, N skipped`."""

import concurrent.futures
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time
import unittest

from node import remove_at_sigterm

HERE = pathlib.Path(__file__).parent
# These measure how fast others are served while a node is under load: nothing runs beside them.
ALONE = {"test_slow_reader", "test_many_connections", "test_floods", "test_order", "test_reload_soak", "test_cluster_faults"}

running = set()


def end(*_):
    """A run that is ended from outside ends its tests, and those their nodes."""
    for child in list(running):
        child.terminate()
    os._exit(143)


def run(name):
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, __file__, "--count", name], cwd=HERE, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    running.add(child)
    output, _ = child.communicate()
    running.discard(child)
    text, _, counts = output.rstrip().rpartition("\n")
    try:
        passed, failed, skipped = map(int, counts.split())
    except ValueError:
        text, passed, failed, skipped = output, 0, 1, 0
    return name, text, passed, failed, skipped, time.monotonic() - started


def count(name):
    """Runs one file in this process; its last line is three numbers. A class whose node did not start or end well is one failure."""
    remove_at_sigterm()
    result = unittest.main(module=name, argv=["run.py"], exit=False, testRunner=unittest.TextTestRunner(sys.stdout, verbosity=2)).result
    # Several faults of one test (of its parts, of its clean-up) are one failed test.
    failed = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
    of_classes = sum(not re.search(r"\.test_\w+$", test) for test in failed)
    print(result.testsRun - (len(failed) - of_classes) - len(result.skipped), len(failed), len(result.skipped))


def main():
    signal.signal(signal.SIGTERM, end)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.argv[1:2] == ["--count"]:
        return count(sys.argv[2])
    names = [pathlib.Path(name).stem for name in sys.argv[1:]] or sorted(path.stem for path in HERE.glob("test_*.py"))
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        together = pool.map(run, [name for name in names if name not in ALONE])
        results = [*together, *map(run, [name for name in names if name in ALONE])]
    for name, text, good, bad, left_out, seconds in results:
        print(f"{name:28} {good} passed, {bad} failed, {left_out} skipped in {seconds:.1f} s")
        if bad:
            print(text)
        passed, failed, skipped = passed + good, failed + bad, skipped + left_out
    print(f"node: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
