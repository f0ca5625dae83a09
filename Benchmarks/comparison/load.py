"""Load generators: a large one with servers to compare with, where their folder is, else the small one (Benchmarks/Sources/Generator)."""

import json
import os
import shutil
import signal
import subprocess
import sys

from servers import Server

# imload opens the connections of a pair one after the other, so that with two loops that take turns all pairs would cross. In every second
# four connections the middle two change places: then half of the pairs cross.
ORDER_BEFORE = "size_t i = w->opened++;"
ORDER_AFTER = "size_t i = w->opened++; if ((i & 4) && ((i & 3) == 1 || (i & 3) == 2)) i ^= 3;"


def run(command, cores):
    """One run; its line of JSON. A status other than 0 or 1 means that there was no run."""
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores))
    try:
        output, errors = process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode not in (0, 1) or not output.startswith("{"):
        raise SystemExit(f"scripts/bench: the load generator failed: {errors.strip()[-300:]}")
    return json.loads(output)


class Peers:
    """A copy of the folder of peers, built."""

    modes = {"chat", "open", "idle"}

    def __init__(self, folder, has_netty):
        self.folder = folder
        self.has_netty = has_netty
        self.crossing = self.build_crossing()

    @classmethod
    def build(cls, source, folder):
        """None where the folder of peers is not there or its generator can't be built."""
        if not (source / "imload.c").is_file():
            print(f"scripts/bench: no peers to compare with in {os.path.relpath(source)}; the own generator measures", file=sys.stderr)
            return None
        copy = folder / "peers"
        shutil.copytree(source, copy)
        if not cls.make(copy, "imload", "echofwd"):
            return None
        return cls(copy, has_netty=cls.make(copy, "netty"))

    @staticmethod
    def make(folder, *targets):
        # A group of its own, so that compilers end with it when the run is stopped.
        with subprocess.Popen(
            ["make", "-C", folder, *targets], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True) as process:
            try:
                errors = process.communicate()[1]
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode != 0:
            print(f"scripts/bench: {' '.join(targets)} can't be built:\n{errors.strip()[-1000:]}", file=sys.stderr)
        return process.returncode == 0

    def build_crossing(self):
        """The generator with the other order of connections; None where its source is not the one known here."""
        text = (self.folder / "imload.c").read_text()
        if text.count(ORDER_BEFORE) != 1:
            print("scripts/bench: another imload than the known one; two loops are not measured", file=sys.stderr)
            return None
        (self.folder / "imload-crossing.c").write_text(text.replace(ORDER_BEFORE, ORDER_AFTER))
        command = ["gcc", "-O2", "-std=gnu11", "-pthread", "-o", "imload-crossing", "imload-crossing.c"]
        subprocess.run(command, cwd=self.folder, check=True)
        return self.folder / "imload-crossing"

    def servers(self):
        netty = [self.folder / "netty-chat.sh", "--threads", 1, "--mode"]
        found = [Server("netty tuned", [*netty, "tuned"], slow=True), Server("netty seed", [*netty, "seed"], slow=True)]
        return (found if self.has_netty else []) + [Server("echofwd", [self.folder / "echofwd"])]

    def run(self, arguments, port, process, cores, crossing=False):
        program = self.crossing if crossing else self.folder / "imload"
        return run([program, "--port", port, "--pid", process, *arguments], cores)


class OwnGenerator:
    modes = {"chat"}
    crossing = True

    def __init__(self, binaries):
        self.program = binaries / "Generator"

    def servers(self):
        return []

    def run(self, arguments, port, process, cores, crossing=False):
        return run([self.program, "--port", port, "--pid", process, *arguments, *(["--crossing", "half"] if crossing else [])], cores)
