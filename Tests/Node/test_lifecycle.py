"""Start and end of a node: ready, SIGTERM, the lock on its data, broken configurations."""

import json
import signal
import subprocess
import time
import unittest

import wire
from client import Client, Closed
from node import BINARY, Node, run_command


class Lifecycle(unittest.TestCase):
    def node(self, *arguments, **options):
        node = Node(*arguments, **options)
        self.addCleanup(node.remove)
        return node

    def test_says_where_it_listens_then_ready_and_nothing_else_on_stdout(self):
        node = self.node().start()
        self.assertEqual(node.lines[-1], "ready\n")
        self.assertEqual(set(node.ports), {"chat", "admin"})
        with node.client("early"):
            pass
        self.assertEqual(node.stop(), 0)

    def test_sigterm_flushes_what_waits_and_ends_with_0(self):
        node = self.node().start()
        sender, receiver = node.client("a"), node.client("b")
        self.addCleanup(sender.close)
        self.addCleanup(receiver.close)
        frames = [wire.chat("b", "x" * 1000, sequence=n, **{"from": "a"}) for n in range(500)]
        sender.send(b"".join(frames))
        # The echo says that all of them were taken: they wait in the receiver's buffer or are in its socket.
        sender.beat()
        node.process.send_signal(signal.SIGTERM)
        self.assertEqual([receiver.receive_frame() for _ in frames], frames)
        receiver.wait_closed(15)
        self.assertEqual(node.process.wait(20), 0)
        with self.assertRaises(OSError):
            Client(node.ports["chat"])

    def test_sigterm_with_idle_and_half_open_connections_ends_soon(self):
        node = self.node().start()
        clients = [node.client("a"), node.client()]
        for client in clients:
            self.addCleanup(client.close)
        clients[1].send(wire.heartbeat()[:5])
        started = time.monotonic()
        self.assertEqual(node.stop(), 0)
        self.assertLess(time.monotonic() - started, 10)

    def test_sigint_ends_like_sigterm(self):
        node = self.node().start()
        node.process.send_signal(signal.SIGINT)
        self.assertEqual(node.process.wait(10), 0)

    def test_a_second_node_on_the_same_data_is_refused_with_one_line(self):
        first = self.node().start()
        second = subprocess.run([BINARY, "serve", "--config", first.file], capture_output=True, text=True, timeout=30)
        self.assertNotEqual(second.returncode, 0)
        self.assert_one_line(second, str(first.folder / "data"))
        with first.client("still") as client:
            self.assertLess(client.beat(), 1)
        self.assertEqual(first.stop(), 0)
        self.assertEqual(first.start().stop(), 0, "the lock ends with its node")

    def test_a_killed_node_leaves_no_lock(self):
        node = self.node().start()
        node.kill()
        self.assertEqual(node.start().stop(), 0)

    def test_a_port_that_is_taken_is_named(self):
        first = self.node().start()
        second = self.node({"chat": {"port": first.ports["chat"]}})
        done = run_command("serve", "--config", second.file)
        self.assertNotEqual(done.returncode, 0)
        self.assert_one_line(done, str(first.ports["chat"]))

    def test_set_overrides_the_file_and_is_named_when_it_is_wrong(self):
        first = self.node().start()
        second = self.node({"chat": {"port": first.ports["chat"]}}).start("--set", "chat.port=0")
        self.assertNotEqual(second.ports["chat"], first.ports["chat"])
        self.assertEqual(second.stop(), 0)
        done = run_command("serve", "--config", second.file, "--set", "chat.port=seven")
        self.assertNotEqual(done.returncode, 0)
        self.assert_one_line(done, "chat.port")

    def test_broken_configurations_are_refused_with_one_line_that_names_file_and_key(self):
        good = self.node()
        for name, change, expected in (
            ("unknown section", {"chatt": {}}, "chatt"),
            ("unknown key", {"chat": {"prot": 1}}, "chat.prot"),
            ("wrong type", {"chat": {"port": "seven"}}, "chat.port"),
            ("out of range", {"chat": {"port": 70000}}, "chat.port"),
            ("unknown plugin", {"plugins": {"pipeline": ["no_such_plugin"]}}, "no_such_plugin"),
            ("unknown plugin option", {"plugins": {"pipeline": [{"login": {"mood": "open"}}]}}, "mood"),
            ("wrong plugin option", {"plugins": {"pipeline": [{"login": {"mode": "shut"}}]}}, "mode"),
        ):
            with self.subTest(name):
                file = good.folder / "broken.yaml"
                config = {key: dict(value) for key, value in good.config.items()}
                for section, values in change.items():
                    config[section] = {**config.get(section, {}), **values}
                file.write_text(json.dumps(config))
                done = run_command("serve", "--config", file)
                self.assertNotEqual(done.returncode, 0)
                self.assert_one_line(done, expected)
        done = run_command("serve", "--config", good.folder / "absent.yaml")
        self.assertNotEqual(done.returncode, 0)
        self.assert_one_line(done, "absent.yaml")

    def assert_one_line(self, done, *words):
        self.assertEqual(done.stdout, "")
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        for word in words:
            self.assertIn(word, lines[0])


class Draining(unittest.TestCase):
    def test_no_new_logins_while_draining(self):
        node = Node()
        self.addCleanup(node.remove)
        node.start()
        # A reader that stopped reading keeps the node from being done at once.
        slow, sender, waiting = node.client("slow", receive_buffer=4096), node.client("sender"), node.client()
        for client in (slow, sender, waiting):
            self.addCleanup(client.close)
        sender.send(wire.chat("slow", "x" * 900_000) * 6)
        node.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                Client(node.ports["chat"]).close()
                time.sleep(0.01)
            except OSError:
                break
        try:
            self.assertEqual(node.http("/readyz")[0], 503)
        except OSError:
            pass  # The admin listener is gone already.
        try:
            self.assertFalse(waiting.login("late").get("result"), "a login succeeded on a draining node")
        except (Closed, ConnectionError):
            pass
        slow.close()
        self.assertEqual(node.process.wait(20), 0)

    def test_a_listener_that_cannot_listen_is_named(self):
        node = Node()
        self.addCleanup(node.remove)
        for section in ("chat", "websocket"):
            done = run_command(
                "serve", "--config", node.file, "--set", f"{section}.host=no-such-host.invalid", "--set", "websocket.enabled=true")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(
                done.stderr, rf"^hpush: {section} listener: cannot listen on no-such-host\.invalid:\d+: .+ "
                rf"\({section}\.host, {section}\.port\)\n$")


if __name__ == "__main__":
    unittest.main()
