"""What a Python program on kazoo does with the nodes of a cluster.

    kazoo_check.py SERVERS PATH    reads the children, a node behind a digest, changes data, prints one JSON line
"""
import json
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import NoAuthError


def main(servers, path):
    client = KazooClient(hosts=servers)
    client.start(timeout=20)
    nodes = {}
    for name in client.get_children(path + "/nodes"):
        data, stat = client.get(f"{path}/nodes/{name}")
        nodes[name] = {"data": data.decode(), "ephemeral": stat.ephemeralOwner != 0}
    try:
        client.get(path + "/secret")
        refused = False
    except NoAuthError:
        refused = True
    client.add_auth("digest", "ann:secret")
    secret = client.get(path + "/secret")[0].decode()
    client.set(path + "/touched", b"by kazoo")
    client.create(path + "/nodes/kazoo-", b"hello", ephemeral=False, sequence=True)
    print(json.dumps({"nodes": nodes, "refused": refused, "secret": secret}, sort_keys=True))
    client.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
