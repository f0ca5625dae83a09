"""Acknowledgements by way of a Redis Stream reach the store, also when Redis or the store is away; what cannot be written is put aside."""

import json
import sqlite3
import time
import unittest

import wire
from node import run_command
from servers import Redis
from test_store import Stored


class Queue(Stored):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis().start()
        cls.addClassCleanup(cls.redis.remove)
        cls.config = {"queue": {"driver": "redis"}, "cluster": {"redis": {"url": cls.redis.url}}, "store": {}}
        super().setUpClass()

    def setUp(self):
        self.await_metric("hpush_queue_up", 1)

    def await_metric(self, name, value, timeout=20):
        self.await_true(lambda: self.node.metric(name) == value, f"{name} {value}", timeout)

    def await_true(self, condition, what, timeout=20):
        deadline = time.monotonic() + timeout
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"{what}; the node said:\n{self.node.log_text()}")
            time.sleep(0.05)

    def result(self, name):
        return self.node.metric("hpush_queue_writes_total", result=name)

    def redis_command(self, *words):
        text = f"*{len(words)}\r\n" + "".join(f"${len(str(word))}\r\n{word}\r\n" for word in words)
        return self.redis.ask(text.encode())

    def stream(self):
        answer = self.redis_command("KEYS", "hpush:writes:*").decode().split("\r\n")
        return next(word for word in answer if word.startswith("hpush:") and not word.endswith(":dead"))

    def acknowledged(self, user):
        """A device of `user` gets a message and acknowledges it."""
        client = self.client(user, "phone", capabilities=wire.ACKS)
        self.accept(self.sender(), user, f"for {user}")
        self.contents(client, 1, ack=True)
        return client

    def assert_silent(self, user):
        """What was acknowledged does not come again, also not after a restart of the node."""
        self.await_true(lambda: not self.rows("SELECT * FROM device JOIN message ON message.position > device.position "
                                              "JOIN mailbox ON mailbox.id = message.mailbox "
                                              "WHERE device.user = ? AND mailbox.name = 'u:' || device.user", user),
                        "the device's cursor is in the store")
        with self.node.client(user, "phone", capabilities=wire.ACKS) as client:
            self.assertTrue(client.is_silent())

    def rows(self, query, *values):
        database = sqlite3.connect(f"file:{self.node.folder}/data/messages.db?mode=ro", uri=True)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def test_acknowledgements_and_last_logins_pass_the_stream(self):
        written = self.result("written")
        self.acknowledged("ann").close()
        self.await_true(lambda: self.result("written") >= written + 2, "an acknowledgement and a login")
        self.assert_silent("ann")
        self.await_metric("hpush_queue_waiting_writes", 0)
        self.assertEqual(self.node.metric("hpush_queue_lag_seconds"), 0)
        self.await_true(lambda: run_command("user", "devices", "ann", "--config", self.node.file).stdout.startswith("phone\t"), "seen")

    def test_a_device_that_comes_back_at_once_is_not_sent_it_again(self):
        for n in range(10):
            client = self.acknowledged(f"bea{n}")
            client.beat()
            client.close()
            with self.node.client(f"bea{n}", "phone", capabilities=wire.ACKS) as again:
                self.assertTrue(again.is_silent(0.2))

    def test_redis_dies_and_comes_back_empty(self):
        self.acknowledged("cas")
        self.redis.kill()
        straight = self.result("straight")
        self.acknowledged("cleo").close()
        self.assert_silent("cleo")
        self.await_metric("hpush_queue_up", 0)
        self.assertGreater(self.result("straight"), straight)
        self.redis.start()
        self.await_metric("hpush_queue_up", 1)
        written = self.result("written")
        self.acknowledged("cyd").close()
        self.assert_silent("cyd")
        self.assertGreater(self.result("written"), written)
        self.assert_silent("cas")

    def test_a_frozen_redis_holds_nothing_up(self):
        self.redis.freeze()
        try:
            began = time.monotonic()
            self.acknowledged("dan").close()
            self.assertLess(time.monotonic() - began, 8)
            self.assert_silent("dan")
        finally:
            self.redis.thaw()

    def test_the_stream_holds_what_the_store_does_not_take(self):
        client = self.acknowledged("eli")
        self.assert_silent("eli")
        self.accept(self.sender(), "eli", "second", 2)
        self.assertEqual(self.message(client)["content"], "second")
        database = sqlite3.connect(f"{self.node.folder}/data/messages.db", timeout=30, isolation_level=None)
        retries = self.node.metric("hpush_queue_retries_total")
        number = self.rows("SELECT server_id FROM message ORDER BY position DESC LIMIT 1")[0][0]
        database.execute("BEGIN IMMEDIATE")
        try:
            client.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [number % 2**64]}))
            self.await_true(lambda: self.node.metric("hpush_queue_retries_total") > retries, "the store is locked")
            self.assertGreater(self.node.metric("hpush_queue_lag_seconds"), 1)
        finally:
            database.execute("ROLLBACK")
            database.close()
        self.assert_silent("eli")

    def test_what_is_no_write_is_put_aside(self):
        dead = self.result("dead")
        self.acknowledged("fay")
        self.await_metric("hpush_queue_waiting_writes", 0)
        stream = self.stream()
        self.redis_command("XADD", stream, "*", "do", "harm", "user", "x", "device", "y")
        self.await_true(lambda: self.result("dead") == dead + 1, "one is given up")
        found = self.redis_command("XRANGE", stream + ":dead", "-", "+").decode()
        self.assertIn("harm", found)
        self.assertIn("not a write", found)
        self.assertIn("given up", self.node.log_text())
        self.acknowledged("flo").close()
        self.assert_silent("flo")

    def test_what_was_put_before_the_node_died_is_written_after_it(self):
        client = self.acknowledged("gil")
        self.assert_silent("gil")
        self.accept(self.sender(), "gil", "second", 2)
        number = self.message(client)["server_id"]
        stream = self.stream()
        self.node.kill()
        self.redis_command("XADD", stream, "*", "ref", "gone:1", "do", "ack", "user", "gil", "device", "phone", "ids", str(number))
        # As if a worker had taken it and died with the node.
        self.redis_command("XREADGROUP", "GROUP", "hpush", "test-0", "COUNT", "10", "STREAMS", stream, ">")
        self.node.start()
        self.assert_silent("gil")


class RefusedTests(Stored):
    def test_rocketmq_is_refused_in_a_line(self):
        file = self.node.folder / "rocket.yaml"
        file.write_text(json.dumps({**self.node.config, "queue": {"driver": "rocketmq"}}))
        result = run_command("serve", "--config", file)
        self.assertNotEqual(result.returncode, 0)
        lines = result.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertIn("queue.driver", lines[0])
        self.assertIn("expected none or redis, found rocketmq", lines[0])


if __name__ == "__main__":
    unittest.main()
