"""TLS between nodes, and to Redis."""

import socket
import ssl
import subprocess
import unittest

import wire
from certificates import Certificates
from cluster import SECRET, Cluster, eventually
from servers import Redis, free_port, need


class SecureRedis(Redis):
    """A Redis that only speaks TLS."""

    def __init__(self, certificates):
        super().__init__()
        self.certificates = certificates

    def command(self):
        path = self.certificates.path
        return [
            need("redis-server"), "--port", "0", "--tls-port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", str(self.folder), "--tls-cert-file", path("server.pem"), "--tls-key-file", path("server.key"),
            "--tls-ca-cert-file", path("ca.pem"), "--tls-auth-clients", "no"]

    def serves(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as raw:
                with self.certificates.trust().wrap_socket(raw, server_hostname="localhost") as connection:
                    connection.sendall(b"PING\r\n")
                    return connection.recv(100).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def url(self):
        return f"rediss://localhost:{self.port}/0"


class SecureClusterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.remove)
        cls.cluster = Cluster(redis=SecureRedis(cls.certificates).start())
        cls.addClassCleanup(cls.cluster.remove)

    def add(self, certificate=None, ca="ca", **more):
        configuration = self.cluster.configuration(f"node-{len(self.cluster.nodes) + 1}")["cluster"]
        configuration["redis"]["ca"] = self.certificates.path("ca.pem")
        if certificate:
            configuration["peer"]["tls"] = self.certificates.section(certificate, ca=self.certificates.path(f"{ca}.pem"))
        return self.cluster.add(cluster=configuration, **more)

    def links(self, node):
        return node.metric("hpush_peer_links_open")

    def test_nodes_with_certificates_of_their_authority_are_linked_and_others_are_not(self):
        one, two = self.add("server"), self.add("client")
        eventually(lambda: self.links(one) == 1 and self.links(two) == 1, "links", 20)
        self.assertRegex("".join(one.lines), r"peer listening on 127\.0\.0\.1:\d+ \(TLS\)\n")
        with one.client("ann") as ann, two.client("ben") as ben:
            def arrives(text):
                ann.send(wire.chat("ben", text))
                answer = ben.receive(timeout=10)
                return answer["messageRequest"]["content"] == text
            eventually(lambda: one.metric("hpush_redis_connected") == 1, "redis by TLS")
            self.assertTrue(arrives("hello"))
            self.assertTrue(arrives("x" * 900_000))
            for number in range(500):
                ann.send(wire.chat("ben", str(number)))
            self.assertEqual([ben.receive()["messageRequest"]["content"] for _ in range(500)], [str(n) for n in range(500)])

        # The bytes between them are TLS: a frame is answered by an alert or by nothing.
        with socket.create_connection(("127.0.0.1", one.ports["peer"]), 5) as raw:
            raw.settimeout(5)
            raw.sendall(b"\0" * 64)
            self.assertLess(len(raw.recv(1000)), 20)
        # A client without a certificate is not let in.
        with socket.create_connection(("127.0.0.1", one.ports["peer"]), 5) as raw:
            with self.assertRaises(OSError):
                with self.certificates.trust().wrap_socket(raw, server_hostname="localhost") as connection:
                    connection.settimeout(5)
                    if not connection.recv(1):
                        raise OSError("closed")

        # It knows the secret, and its certificate is of another authority.
        stranger = self.add("stranger", ca="other-ca")
        eventually(lambda: one.metric("hpush_tls_handshakes_total", door="peer", result="refused_by_peer")
                   + one.metric("hpush_tls_handshakes_total", door="peer", result="certificate") >= 1, "a refused handshake", 20)
        eventually(lambda: "TLS: " in one.log_text(), "a line in the log", 20)
        plain = self.add()
        eventually(lambda: plain.metric("hpush_cluster_nodes") == 4, "the plain node sees the others")
        self.assertEqual((self.links(stranger), self.links(plain)), (0, 0))
        self.assertEqual((self.links(one), self.links(two)), (1, 1))
        for node in (plain, stranger, two, one):
            self.assertEqual(node.stop(), 0)

    def test_gates_know_which_nodes_speak_tls(self):
        gate = {**self.cluster.configuration("")["gate"], "enabled": True, "host": "127.0.0.1", "port": 0}
        secure, plain = self.add(tls=self.certificates.section(chat=True), gate=gate), self.add()
        names = [node.config["node"]["name"] for node in (secure, plain)]

        def told():
            nodes = {node["name"]: node for node in secure.json("/v1/nodes", port="gate")[1]["nodes"]}
            return [nodes[name]["tls"] for name in names] if nodes.keys() >= set(names) else None
        self.assertEqual(eventually(told, "the gate knows both"), [True, False])
        for node in (plain, secure):
            self.assertEqual(node.stop(), 0)

    def test_a_redis_that_is_not_trusted_is_not_used(self):
        configuration = self.cluster.configuration("suspicious")["cluster"]
        configuration["redis"]["ca"] = self.certificates.path("other-ca.pem")
        node = self.cluster.add(cluster=configuration)
        eventually(lambda: "TLS: self-signed certificate in certificate chain" in node.log_text(), "a line in the log", 20)
        self.assertEqual(node.metric("hpush_redis_connected"), 0)
        self.assertEqual(node.stop(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
