"""A test class with a node of its own, shared by its tests."""

import unittest

from node import Node


class NodeTest(unittest.TestCase):
    config = {}
    pipeline = None
    plugins = None
    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.node = Node(cls.config, cls.pipeline, cls.plugins)
        cls.addClassCleanup(cls.node.remove)
        cls.prepare()
        cls.node.start()

    @classmethod
    def prepare(cls):
        """What must be there before the node starts."""

    @classmethod
    def tearDownClass(cls):
        code = cls.node.stop()
        assert code == 0, f"the node ended with {code} after SIGTERM:\n{cls.node.log_text()}"

    def client(self, uid=None, device="d0", **login):
        """A connection that closes with the test; logged in when a uid is given."""
        client = self.node.client(uid, device, **login)
        self.addCleanup(client.close)
        return client

    def assert_alive(self):
        """The node serves a new client."""
        with self.node.client("somebody-else") as client:
            self.assertLess(client.beat(), 1)
