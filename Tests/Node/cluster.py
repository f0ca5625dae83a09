"""Nodes that are one cluster, with a ZooKeeper and a Redis of their own."""

import sys
import time

# Debian's kazoo, also for a Python that is not Debian's.
sys.path.append("/usr/lib/python3/dist-packages")

from node import Node
from servers import Redis, ZooKeeper

SECRET = "a secret of the tests"
PIPELINE = [{"login": {"mode": "open"}}, "device_policy", "chat_redirect"]


class Cluster:
    """Starts the servers at once; nodes by `add`."""

    def __init__(self, zookeepers=None, redis=None, session_timeout_ms=2000):
        self.zookeepers = zookeepers or [ZooKeeper().start()]
        self.redis = redis or Redis().start()
        self.session_timeout_ms = session_timeout_ms
        self.nodes = []

    def configuration(self, name, **extra):
        return {
            "node": {"name": name},
            "gate": {"token_secret": "a secret of the gate in tests, long enough"},
            "cluster": {
                "mode": "zookeeper",
                "zookeeper": {
                    "servers": [server.address for server in self.zookeepers], "session_timeout_ms": self.session_timeout_ms},
                "redis": {"url": self.redis.url},
                "peer": {"host": "127.0.0.1", "port": 0, "secret": SECRET}},
            **extra}

    def add(self, name=None, pipeline=None, plugins=None, start=True, **extra):
        node = Node(self.configuration(name or f"node-{len(self.nodes) + 1}", **extra), pipeline or PIPELINE, plugins)
        self.nodes.append(node)
        return node.start() if start else node

    def remove(self):
        for node in self.nodes:
            node.remove()
        for server in [*self.zookeepers, self.redis]:
            server.remove()


def eventually(condition, what, timeout=30):
    """Waits until `condition()` is true and gives what it gave."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what}: not within {timeout} s"
        time.sleep(0.02)
