"""Devices and senders that move between nodes while links between them stand still: what a device acknowledged it never gets again."""

import asyncio
import signal
import threading
import time
import unittest

import wire
from cluster import Cluster, eventually
from faults.proxy import PeerProxy
from servers import free_port

# Longer than a node is silent while its links are well.
UNHEARD = 3


class Proxies:
    """Proxies before peer ports, on a thread of their own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def add(self, port):
        return asyncio.run_coroutine_threadsafe(PeerProxy(port).start(), self.loop).result(10)

    def do(self, action):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (action(), done.set()))
        assert done.wait(10)


class MovingDevices(unittest.TestCase):
    """Three nodes, with a proxy before the peer port of each."""

    # Longer than anything stands still here.
    session_timeout_ms = 20_000

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(session_timeout_ms=cls.session_timeout_ms)
        cls.addClassCleanup(cls.cluster.remove)
        cls.proxies = Proxies()
        cls.places, cls.stalled = {}, set()
        cls.a, cls.b, cls.c = map(cls.add, "abc")
        for node in (cls.a, cls.b, cls.c):
            eventually(lambda: cls.links(node) == 2, "all nodes are linked")

    @classmethod
    def add(cls, name):
        port = free_port()
        proxy = cls.proxies.add(port)
        section = cls.cluster.configuration(name)["cluster"]
        section["peer"] |= {"port": port, "advertise": f"127.0.0.1:{proxy.port}"}
        node = cls.cluster.add(name, cluster=section, chat={"receipt_seconds": 2})
        cls.places[node] = proxy
        return node

    @staticmethod
    def links(node):
        return sum(member["link"] == "linked" for member in node.json("/v1/status")[1]["cluster"]["nodes"])

    def stall(self, node):
        """What others say to this node stands still from now on."""
        self.proxies.do(self.places[node].stall)
        self.stalled.add(node)
        self.addCleanup(self.settle, node)
        return time.monotonic()

    def settle(self, node):
        """For the next test: nodes hear each other, and have done for more than the second after which they think so."""
        if node in self.stalled:
            self.heal(node)
        time.sleep(1.5)

    def heal(self, node, loses=True):
        """It goes on; with `loses` what was under way is lost with its connections."""
        if loses:
            self.proxies.do(self.places[node].cut)
        self.proxies.do(self.places[node].heal)
        self.stalled.discard(node)
        for other in (self.a, self.b, self.c):
            eventually(lambda: self.links(other) == 2, "all nodes are linked again")

    def client(self, node, uid, **login):
        client = node.client(uid, **login)
        self.addCleanup(client.close)
        return client

    def sender(self, node, uid):
        return self.client(node, uid, capabilities=wire.RECEIPTS)

    def device(self, node, uid):
        return self.client(node, uid, capabilities=wire.ACKS)

    def route_is_known(self, uid, device):
        """Other nodes are told of it within 200 ms."""
        eventually(lambda: device.session in self.cluster.redis.cli("HKEYS", f"UserSessions:uid:{uid}"), "the route")
        time.sleep(0.2)

    def answer(self, sender, to, timeout=10):
        """(code, server_id) of the one message of these tests."""
        sender.send(wire.chat(to, "once", 1, 1))
        response = sender.receive_until(wire.MESSAGE_RESPONSE, timeout)["messageResponse"]
        return response.get("code", 0), response.get("server_id", 0)

    def take(self, device):
        """Receives the message and acknowledges it; gives its server_id once the node certainly knows."""
        server_id = device.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        device.send(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": [server_id]}))
        device.beat()
        return server_id

    def accepted(self, sender, to):
        """Sends it again until it is a success; gives the server_id that the sender is told."""
        def once():
            code, server_id = self.answer(sender, to)
            self.assertIn(code, (0, wire.UNAVAILABLE))
            return not code and server_id
        return eventually(once, "the message is accepted", 20)

    def given_and_cut_off(self, name):
        """A sender at node a, whose device of node b has acknowledged the message and moves; nothing that node a is told gets there."""
        sender, device = self.sender(self.a, f"from-{name}"), self.device(self.b, f"to-{name}")
        self.route_is_known(f"to-{name}", device)
        since = self.stall(self.a)
        sender.send(wire.chat(f"to-{name}", "once", 1, 1))
        server_id = self.take(device)
        self.assertEqual(sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"].get("code"), wire.UNAVAILABLE)
        device.close()
        time.sleep(max(0, since + UNHEARD - time.monotonic()))
        return sender, server_id


class Moves(MovingDevices):
    def test_a_device_that_moved_to_a_third_node(self):
        sender, first = self.given_and_cut_off("third")
        moved = self.device(self.c, "to-third")
        self.route_is_known("to-third", moved)
        self.assertEqual(self.answer(sender, "to-third")[0], wire.UNAVAILABLE)
        self.assertTrue(moved.is_silent(0.5))
        self.heal(self.a)
        self.assertEqual(self.accepted(sender, "to-third"), first)
        self.assertTrue(moved.is_silent(0.5))

    def test_a_device_that_moved_to_its_senders_node(self):
        for loses in (True, False):
            with self.subTest(loses=loses):
                name = f"near-{loses}"
                sender, first = self.given_and_cut_off(name)
                moved = self.device(self.a, f"to-{name}")
                self.assertEqual(self.answer(sender, f"to-{name}")[0], wire.UNAVAILABLE)
                self.assertTrue(moved.is_silent(0.5))
                self.heal(self.a, loses)
                self.assertEqual(self.accepted(sender, f"to-{name}"), first)
                self.assertTrue(moved.is_silent(0.5))

    def test_both_moved(self):
        """The message comes from a third node to the one that was cut off, perhaps before it hears from the device's old one."""
        for loses in (True, False):
            with self.subTest(loses=loses):
                name = f"both-{loses}"
                sender, first = self.given_and_cut_off(name)
                sender.close()
                moved = self.device(self.a, f"to-{name}")
                self.route_is_known(f"to-{name}", moved)
                again = self.sender(self.c, f"from-{name}")
                self.assertEqual(self.answer(again, f"to-{name}")[0], wire.UNAVAILABLE)
                self.heal(self.a, loses)
                self.assertEqual(self.accepted(again, f"to-{name}"), first)
                self.assertTrue(moved.is_silent(0.5))

    def test_without_a_fault(self):
        """Only the sender's own connection is lost, before the answer."""
        sender, device = self.sender(self.a, "unlucky"), self.device(self.b, "nomad")
        self.route_is_known("nomad", device)
        sender.send(wire.chat("nomad", "once", 1, 1))
        server_id = device.receive(wire.MESSAGE_REQUEST)["messageRequest"]["server_id"]
        sender.close()
        device.send(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": [server_id]}))
        device.beat()
        device.close()
        moved = self.device(self.c, "nomad")
        self.route_is_known("nomad", moved)
        again = self.sender(self.b, "unlucky")
        self.assertEqual(self.answer(again, "nomad"), (0, server_id))
        self.assertTrue(moved.is_silent(0.3))

    def test_other_devices_of_the_user_get_it(self):
        sender, phone = self.sender(self.a, "friend"), self.device(self.b, "owner")
        self.route_is_known("owner", phone)
        sender.send(wire.chat("owner", "once", 1, 1))
        first = self.take(phone)
        self.assertEqual(sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"].get("code", 0), 0)
        phone.close()
        phone = self.device(self.c, "owner")
        desk = self.client(self.c, "owner", device="desk", capabilities=wire.ACKS)
        self.route_is_known("owner", desk)
        sender.close()
        again = self.sender(self.b, "friend")
        self.assertEqual(self.answer(again, "owner"), (0, first))
        self.assertEqual(desk.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "once")
        self.assertTrue(phone.is_silent(0.3))

    def test_what_was_held_back_arrives(self):
        """New to everybody, but the node cannot know: it is delivered when the node hears the others again."""
        since = self.stall(self.a)
        time.sleep(max(0, since + UNHEARD - time.monotonic()))
        sender, device = self.sender(self.a, "newcomer"), self.device(self.a, "arrival")
        self.assertEqual(self.answer(sender, "arrival")[0], wire.UNAVAILABLE)
        self.assertTrue(device.is_silent(0.3))
        self.heal(self.a)

        def once():
            sender.send(wire.chat("arrival", "once", 1, 1))
            return not device.is_silent(0.3)

        eventually(once, "the message arrives", 10)
        first = self.take(device)
        self.assertEqual(self.accepted(sender, "arrival"), first)
        self.assertTrue(device.is_silent(0.3))

    def test_nobody_waits_for_a_dead_node(self):
        """Its registration lasts for long, but nobody listens where it was."""
        d = self.cluster.add("d")
        self.addCleanup(d.remove)
        eventually(lambda: self.links(self.a) == 3, "the new node is linked")
        d.kill()
        eventually(lambda: self.links(self.a) == 2, "the link is gone")
        time.sleep(0.5)
        self.assertEqual(len(self.a.json("/v1/status")[1]["cluster"]["nodes"]), 4)
        sender, device = self.sender(self.a, "mourner"), self.device(self.a, "heir")
        sender.send(wire.chat("heir", "once", 1, 1))
        first = self.take(device)
        response = sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]
        self.assertEqual((response.get("code", 0), response["server_id"]), (0, first))


class FrozenNode(MovingDevices):
    session_timeout_ms = 4000

    def registered(self):
        return len(self.a.json("/v1/status")[1]["cluster"]["nodes"])

    def test_a_node_that_stands_still_for_longer_than_its_registration_lasts(self):
        """It is not dead: it knows what its device took."""
        sender, device = self.sender(self.a, "from-frozen"), self.device(self.b, "to-frozen")
        self.route_is_known("to-frozen", device)
        self.stall(self.a)
        sender.send(wire.chat("to-frozen", "once", 1, 1))
        first = self.take(device)
        self.b.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.b.process.send_signal, signal.SIGCONT)
        # It is not to see the device go.
        eventually(self.b.is_stopped, "the node stands still")
        device.close()
        self.assertEqual(sender.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"].get("code"), wire.UNAVAILABLE)
        self.proxies.do(self.places[self.a].cut)
        self.proxies.do(self.places[self.a].heal)
        self.stalled.discard(self.a)
        eventually(lambda: self.registered() == 2, "its registration is gone", 15)
        eventually(lambda: self.links(self.a) == self.links(self.c) == 1, "the others are linked")
        time.sleep(1.5)
        moved = self.device(self.c, "to-frozen")
        self.route_is_known("to-frozen", moved)
        self.assertEqual(self.answer(sender, "to-frozen")[0], wire.UNAVAILABLE)
        self.assertTrue(moved.is_silent(0.5))
        self.b.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.accepted(sender, "to-frozen"), first)
        self.assertTrue(moved.is_silent(0.5))


if __name__ == "__main__":
    unittest.main()
