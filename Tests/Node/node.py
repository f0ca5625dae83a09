"""Starts and stops the real `hpush serve` (HPUSH_BIN, else the debug build) with a configuration of the test's own."""

import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("HPUSH_BIN", ROOT / ".build/debug/hpush"))
LISTENING = re.compile(r"^([a-z ]+?) listening on (?:[a-z]+://)?\S*?:(\d+)\b")
OPEN_PIPELINE = [{"login": {"mode": "open"}}, "chat_redirect"]


def merged(base, extra):
    return {**base, **{k: merged(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in extra.items()}}


def run_command(*arguments, timeout=20):
    """Runs `hpush ARGUMENTS` to its end."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)


def remove_at_sigterm():
    """A test run that is ended from outside leaves no node and no folder."""
    def end(*_):
        for node in list(Node.present):
            node.kill()
            shutil.rmtree(node.folder, ignore_errors=True)
        os._exit(143)

    signal.signal(signal.SIGTERM, end)


class Node:
    """A folder with a configuration, and the node that runs with it once started. `config` is merged over a small open-login node.

    `plugins` is a folder, or a dict of Lua sources by name: plugins of the test's own, beside the bundled ones.
    """

    present = set()

    def __init__(self, config=None, pipeline=None, plugins=None):
        Node.present.add(self)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hpush-node-"))
        self.process = None
        self.ports = {}
        self.lines = []
        if isinstance(plugins, dict):
            plugins = self._write_plugins(plugins)
        # YAML is a superset of JSON.
        self.config = merged({
            "node": {"name": "test", "data_dir": "./data"},
            "chat": {"host": "127.0.0.1", "port": 0, "threads": 1, "drain_per_second": 0},
            "websocket": {"enabled": False},
            "gate": {"enabled": False},
            "admin": {"host": "127.0.0.1", "port": 0},
            "limits": {"failed_logins_per_minute": 0, "failed_logins_per_user": 0},
            "plugins": {"path": str(plugins or ROOT / "plugins"), "watch": False, "pipeline": pipeline or OPEN_PIPELINE},
        }, config or {})
        self.file = self.folder / "node.yaml"
        self.file.write_text(json.dumps(self.config, indent=1))

    def _write_plugins(self, sources):
        folder = self.folder / "plugins"
        shutil.copytree(ROOT / "plugins", folder)
        for name, source in sources.items():
            (folder / f"{name}.lua").write_text(source)
        return folder

    def start(self, *arguments, timeout=30):
        self._close_files()
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.file, *arguments],
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True)
        lines = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout, lines), daemon=True)
        self.reader.start()
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = lines.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                self.kill()
                raise AssertionError(f"the node did not get ready; it said:\n{''.join(self.lines)}{self.log_text()}")
            if match := LISTENING.match(line):
                self.ports[match[1]] = int(match[2])
            if line.strip() == "ready":
                return self

    def _read(self, stream, lines):
        for line in stream:
            self.lines.append(line)
            lines.put(line)
        lines.put(None)

    def _close_files(self):
        if self.process:
            self.reader.join(5)
            self.process.stdout.close()
            self.log.close()

    def log_text(self):
        self.log.flush()
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    # Ends

    def stop(self, timeout=20):
        """SIGTERM; gives the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the node did not stop within {timeout} s of SIGTERM") from None
        return code

    def is_stopped(self):
        """SIGSTOP has taken effect, which it does a moment after it was sent."""
        return pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def remove(self):
        """Ends the node whatever its state and removes its folder."""
        self.kill()
        self._close_files()
        shutil.rmtree(self.folder, ignore_errors=True)
        Node.present.discard(self)

    # Looks

    def client(self, uid=None, device="d0", receive_buffer=None, **login):
        """A connection; logged in when a uid is given."""
        client = Client(self.ports["chat"], receive_buffer=receive_buffer)
        if uid is not None:
            answer = client.login(uid, device, **login)
            assert answer.get("result"), f"login of {uid} refused: {answer}"
        return client

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def http(self, path, method="GET", headers=None, token=None, body=None, port="admin", secure=None):
        """(status, text) of a request to the admin listener, or to another port; a body that is no bytes is sent as JSON. `secure`: an
        ssl.SSLContext, for https."""
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        scheme = "https" if secure else "http"
        request = urllib.request.Request(f"{scheme}://127.0.0.1:{self.ports[port]}{path}", body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30, context=secure) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def json(self, path, **options):
        status, text = self.http(path, **options)
        return status, json.loads(text)

    def metric(self, name, /, **labels):
        """The sum of a metric's samples that carry these labels; 0 when there is none."""
        total = 0.0
        for line in self.http("/metrics")[1].splitlines():
            match = re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", line)
            if match and match[1] == name and labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")).items():
                total += float(match[3])
        return total

    def await_metric(self, name, at_least, /, timeout=30, **labels):
        """Waits until a metric is that high and gives it; metrics may lag a tick behind what a client sees."""
        deadline = time.monotonic() + timeout
        while (value := self.metric(name, **labels)) < at_least:
            assert time.monotonic() < deadline, f"{name}{labels} is {value}, {at_least} expected"
            time.sleep(0.02)
        return value
