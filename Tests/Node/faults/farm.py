"""Three nodes with proxies before their peer ports, a ZooKeeper ensemble, Redis with sentinels."""

import asyncio
import json

from cluster import PIPELINE, Cluster
from faults.proxy import PeerProxy
from servers import RedisGroup, ensemble, free_port

RULE = """
-- change %d
return { api = 1, version = "1", inbound = { message_request = function() end } }
"""


class Farm:
    def __init__(self, session_timeout, receipt_seconds=8):
        self.session_timeout = session_timeout
        self.receipt_seconds = receipt_seconds
        self.changes = 0

    async def start(self, nodes=3):
        zookeepers, redis = await asyncio.gather(asyncio.to_thread(ensemble, 3), asyncio.to_thread(RedisGroup))
        self.cluster = Cluster(zookeepers, redis, int(self.session_timeout * 1000))
        self.proxies, self.nodes = [], []
        for number in range(1, nodes + 1):
            peer = free_port()
            proxy = await PeerProxy(peer).start()
            self.proxies.append(proxy)
            self.nodes.append(await asyncio.to_thread(self._add, f"node-{number}", peer, proxy.port))
        return self

    def _add(self, name, peer, advertised):
        section = self.cluster.configuration(name)["cluster"]
        section["peer"] |= {"port": peer, "advertise": f"127.0.0.1:{advertised}"}
        pipeline = [*PIPELINE[:-1], "passing", PIPELINE[-1]]
        return self.cluster.add(
            name, pipeline, {"passing": RULE % 0}, cluster=section,
            chat={"port": free_port(), "threads": 2, "receipt_seconds": self.receipt_seconds})

    @property
    def zookeepers(self):
        return self.cluster.zookeepers

    @property
    def redis(self):
        return self.cluster.redis

    @property
    def places(self):
        return [node.ports["chat"] for node in self.nodes]

    def change_rules(self):
        """On all nodes, by a reload each; gives what failed."""
        self.changes += 1
        faults = []
        for node in self.nodes:
            (node.folder / "plugins/passing.lua").write_text(RULE % self.changes)
            status, text = node.http("/v1/plugins/reload", method="POST")
            if status != 200:
                faults.append(f"{node.config['node']['name']}: reload answered {status} {text}")
        return faults

    def ids(self):
        """Node number by chat port."""
        found = {}
        for node in self.nodes:
            found[node.ports["chat"]] = (node.json("/v1/status")[1].get("cluster") or {}).get("node")
        return found

    def routes(self, uids):
        """Redis's fields of each user: session id -> node number."""
        script = ("local out = {} for i = 1, #ARGV do out[i] = redis.call('HGETALL', 'UserSessions:uid:' .. ARGV[i]) end "
                  "return cjson.encode(out)")
        answer = json.loads(self.redis.cli("EVAL", script, 0, *uids))
        return {uid: {fields[i]: json.loads(fields[i + 1])["node"] for i in range(0, len(fields), 2)} if fields else {}
                for uid, fields in zip(uids, answer)}

    def remove(self):
        self.cluster.remove()
