"""What systemd is told through NOTIFY_SOCKET: ready when it serves, alive as long as all its event loops turn, stopping."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from unittest import mock

import wire
from node import BINARY, OPEN_PIPELINE, Node

# Seconds without a sign of life after which systemd would act; there are four in such a time.
PATIENCE = 0.8
CLUSTER = {
    "node": {"advertise": "127.0.0.1"}, "gate": {"enabled": True, "host": "127.0.0.1", "port": 0, "token_secret": "s" * 32},
    # Nobody listens there.
    "cluster": {"mode": "zookeeper", "zookeeper": {"servers": ["127.0.0.1:1"]}, "peer": {"host": "127.0.0.1", "port": 0, "secret": "p"}},
    "store": {"driver": "memory"}}


class Supervisor:
    """The other end of the socket, and the environment that names it."""

    def __init__(self, test, abstract=False, watchdog=True, pid=None):
        folder = tempfile.mkdtemp(prefix="hpush-notify-")
        test.addCleanup(shutil.rmtree, folder, True)
        path = f"{folder}/socket"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        test.addCleanup(self.socket.close)
        self.socket.bind("\0" + path if abstract else path)
        variables = {"NOTIFY_SOCKET": ("@" if abstract else "") + path}
        if watchdog:
            variables["WATCHDOG_USEC"] = str(int(PATIENCE * 1e6))
        if pid:
            variables["WATCHDOG_PID"] = str(pid)
        self.environment = mock.patch.dict(os.environ, variables)

    def next(self, timeout=10):
        """The next datagram as a dict."""
        self.socket.settimeout(timeout)
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, name, timeout=20):
        deadline = time.monotonic() + timeout
        while True:
            states = self.next(max(0.001, deadline - time.monotonic()))
            if name in states:
                return states

    def beats(self, count):
        for _ in range(count):
            assert self.next() == {"WATCHDOG": "1"}

    def is_silent(self, seconds):
        try:
            self.next(seconds)
        except TimeoutError:
            return True
        return False

    def forget(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass


class Supervised(unittest.TestCase):
    def node(self, config=None, pipeline=None, plugins=None):
        node = Node(config, pipeline, plugins)
        self.addCleanup(node.remove)
        return node

    def test_ready_alive_stopping(self):
        for abstract in (False, True):
            with self.subTest(abstract=abstract):
                supervisor, node = Supervisor(self, abstract), self.node({"chat": {"threads": 2, "drain_per_second": 1}})
                with supervisor.environment:
                    node.start()
                self.assertEqual(supervisor.next()["READY"], "1")
                self.assertIn("ready\n", node.lines)
                with node.client("early") as client:
                    client.beat()
                    supervisor.beats(5)
                    stopping = threading.Thread(target=node.stop)
                    stopping.start()
                    self.assertIn("drain", supervisor.until("STOPPING")["STATUS"])
                    client.wait_closed()
                stopping.join()
                self.assertEqual(node.process.returncode, 0)

    def test_it_is_not_ready_before_it_serves(self):
        supervisor, node = Supervisor(self), self.node(CLUSTER, OPEN_PIPELINE)
        with supervisor.environment:
            process = subprocess.Popen(
                [BINARY, "serve", "--config", node.file], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertTrue(supervisor.is_silent(2), "it cannot be registered")
        self.assertIsNone(process.poll(), "it ended")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(list(supervisor.next())[0], "STOPPING")
        self.assertEqual(process.wait(20), 0)

    def test_a_frozen_process_gives_no_sign(self):
        supervisor, node = Supervisor(self), self.node()
        with supervisor.environment:
            node.start()
        supervisor.until("READY")
        supervisor.beats(2)
        node.process.send_signal(signal.SIGSTOP)
        try:
            # Stopped at the latest when the kernel says so.
            os.waitid(os.P_PID, node.process.pid, os.WSTOPPED | os.WNOWAIT)
            supervisor.forget()
            self.assertTrue(supervisor.is_silent(PATIENCE * 2))
        finally:
            node.process.send_signal(signal.SIGCONT)
        supervisor.beats(3)

    def test_one_loop_that_stands_still_is_enough(self):
        supervisor = Supervisor(self)
        node = self.node(
            {"chat": {"threads": 2}, "plugins": {"limits": {"run_ms": 3000}}}, OPEN_PIPELINE[:1] + ["stuck"] + OPEN_PIPELINE[1:],
            {"stuck": "return { api = 1, inbound = { message_request = function() while true do end end } }"})
        with supervisor.environment:
            node.start()
        supervisor.until("READY")
        client = node.client("sticky")
        self.addCleanup(client.close)
        supervisor.beats(3)
        client.send(wire.chat("nobody", "hold"))
        # One beat may be on its way, and one round may have been answered. Then systemd would end it.
        while not supervisor.is_silent(PATIENCE):
            self.assertTrue(client.is_silent(0), "the loop did not stand still")
        self.assertEqual(node.http("/healthz")[0], 200, "the rest of it lives")
        # The handler's budget, which is processor time, is over.
        client.receive(wire.MESSAGE_RESPONSE, 120)
        supervisor.beats(3)

    def test_no_watchdog_wanted_or_meant_for_another(self):
        for options in ({"watchdog": False}, {"pid": 1}):
            with self.subTest(**options):
                supervisor, node = Supervisor(self, **options), self.node()
                with supervisor.environment:
                    node.start()
                supervisor.until("READY")
                self.assertTrue(supervisor.is_silent(PATIENCE))
                self.assertEqual(node.stop(), 0)
                supervisor.until("STOPPING")

    def test_a_supervisor_that_is_gone_costs_one_line(self):
        supervisor, node = Supervisor(self), self.node()
        with supervisor.environment:
            supervisor.socket.close()
            node.start()
        with node.client("somebody") as client:
            client.beat()
        deadline = time.monotonic() + 10
        while "NOTIFY_SOCKET" not in node.log_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        self.assertEqual(node.stop(), 0)
        self.assertEqual(node.log_text().count("NOTIFY_SOCKET"), 1)

    def test_a_gate_alone(self):
        supervisor, node = Supervisor(self), self.node({**CLUSTER, "store": {"driver": "sqlite"}}, OPEN_PIPELINE)
        with supervisor.environment:
            process = subprocess.Popen(
                [BINARY, "gate", "--config", node.file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(supervisor.next()["READY"], "1")
        supervisor.beats(3)
        process.send_signal(signal.SIGTERM)
        supervisor.until("STOPPING")
        self.assertEqual(process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
