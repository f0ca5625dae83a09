"""The faults. Each is a coroutine that does harm, waits and mends it; it gives a description of what it chose.

`run.long` asks for the full times: 20 s of freezing, 60 s without ZooKeeper. What must hold at a time after a fault it tells `run`.
"""

import asyncio
import time


async def kill(run):
    """kill -9 of a node, and its restart."""
    node = run.chance.choice(run.farm.nodes)
    node.kill()
    run.dies(for_seconds=4 + run.farm.session_timeout)
    pause = run.chance.uniform(0, run.farm.session_timeout + 3)
    await asyncio.sleep(pause)
    await asyncio.to_thread(node.start)
    return f"{node.config['node']['name']} dead for {pause:.1f} s"


async def freeze(run):
    """SIGSTOP of a node, then SIGCONT."""
    node = run.chance.choice(run.farm.nodes)
    pause = 20 if run.long else run.farm.session_timeout + 5
    before = await asyncio.to_thread(run.farm.ids)
    node.process.send_signal(19)
    try:
        run.dies(for_seconds=pause)
        await asyncio.sleep(pause)
    finally:
        node.process.send_signal(18)
    port = node.ports["chat"]
    await run.eventually(
        "the frozen node is registered anew", 6 + run.farm.session_timeout, lambda: run.id_of(port) not in (None, before[port]))
    return f"{node.config['node']['name']} for {pause:.0f} s"


async def cut(run):
    """The links to a node are cut, or pass nothing on, for some seconds."""
    number = run.chance.randrange(len(run.farm.nodes))
    proxy, pause = run.farm.proxies[number], run.chance.uniform(1, 12 if run.long else 4)
    way = run.chance.choice(("cut", "stall", "delay"))
    if way == "cut":
        proxy.cut()
    else:
        proxy.stall()
    await asyncio.sleep(pause)
    if way == "stall":
        # What was under way is lost with the connections; else it arrives late.
        proxy.cut()
    proxy.heal()
    return f"{way} before node-{number + 1} for {pause:.1f} s"


async def zk_leader(run):
    """ZooKeeper's leader is killed and restarted."""
    leader = next((server for server in run.farm.zookeepers if server.role() == "leader"), run.farm.zookeepers[0])
    leader.kill()
    await asyncio.sleep(run.chance.uniform(1, 6) if run.long else 2)
    await asyncio.to_thread(leader.start)
    return f"server {leader.number}"


async def zk_away(run):
    """All of ZooKeeper is away."""
    pause = 60 if run.long else 6
    for server in run.farm.zookeepers:
        server.kill()
    await asyncio.sleep(pause)
    for server in run.farm.zookeepers:
        server.start(wait=False)
    for server in run.farm.zookeepers:
        await asyncio.to_thread(server.wait)
    return f"for {pause} s"


async def redis_empty(run):
    """Redis is killed, with its replica, and comes back empty."""
    servers = run.farm.redis.servers
    master = await asyncio.to_thread(lambda: run.farm.redis.master)
    other = next(server for server in servers if server is not master)
    other.kill()
    master.kill()
    await asyncio.sleep(run.chance.uniform(0.2, 4) if run.long else 1)
    master.__class__, other.__class__ = run.plain, run.copy
    other.master = master
    await asyncio.to_thread(master.start)
    back = time.monotonic()
    await asyncio.to_thread(other.start)
    await run.routes_complete(back + 5)
    return "complete again" if run.routes_after is None else f"complete again {run.routes_after - back:.1f} s later"


async def redis_failover(run):
    """Redis's master is killed; Sentinel makes the replica the master; the old one comes back as its replica."""
    master = await asyncio.to_thread(lambda: run.farm.redis.master)
    other = next(server for server in run.farm.redis.servers if server is not master)
    master.kill()
    began = time.monotonic()
    await run.eventually("Sentinel names the replica", 30, lambda: run.farm.redis.master is other)
    took = time.monotonic() - began
    await run.routes_complete(time.monotonic() + 5)
    master.__class__, other.__class__ = run.copy, run.plain
    master.master = other
    await asyncio.to_thread(master.start)
    return f"after {took:.1f} s"


async def reload(run):
    """Plugins are reloaded under load, on all nodes."""
    for _ in range(3):
        for fault in await asyncio.to_thread(run.farm.change_rules):
            run.ledger.violate(fault)
        await asyncio.sleep(0.5)
    return "three times"


ALL = {"kill": kill, "freeze": freeze, "cut": cut, "zk_leader": zk_leader, "zk_away": zk_away, "redis_empty": redis_empty,
       "redis_failover": redis_failover, "reload": reload}
