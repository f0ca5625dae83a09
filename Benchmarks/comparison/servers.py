"""The servers under test. Each lives for one run and ends by its process id, whatever happens."""

import contextlib
import os
import socket
import subprocess
import time


class Server:
    def __init__(self, name, command, slow=False, ours=False, environment=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.slow = slow
        self.ours = ours
        self.environment = environment or {}

    @contextlib.contextmanager
    def running(self, cores, log):
        """Starts it on these cores and gives its port and process id."""
        port = free_port()
        with open(log, "ab") as output:
            process = subprocess.Popen(
                [*self.command, "--port", str(port)], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **self.environment}, preexec_fn=lambda: os.sched_setaffinity(0, cores))
        try:
            self.wait(port, process, log)
            yield port, process.pid
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self, port, process, log):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.02)
        with open(log, encoding="utf-8", errors="replace") as file:
            last = file.read().strip().rpartition("\n")[2]
        raise SystemExit(f"scripts/bench: {self.name} did not start: {last or 'it said nothing'}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def node(name, binaries, plugins, folder, *more, threads=1):
    """A node of this repository; its data folder goes with `folder`."""
    command = [binaries / "BenchNode", "--threads", threads, "--plugins", plugins, *more]
    return Server(name, command, ours=True, environment={"TMPDIR": str(folder)})
