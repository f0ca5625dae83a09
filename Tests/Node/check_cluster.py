#!/usr/bin/env python3
"""Checks that a cluster keeps its promises while parts of it die.

    check_cluster.py [--rounds N] [--seed S] [--users U] [--faults kill,freeze,...] [--short] [--rate MESSAGES_A_SECOND]

Three nodes, a ZooKeeper ensemble of three, Redis with a replica and three sentinels; users spread over the nodes send each other messages
with receipts and acknowledgements. Each round draws a fault (faults/kinds.py). A line a round says what came of it; the program ends with 0
only when no round broke a promise (faults/ledger.py). The same seed draws the same faults. It needs HPUSH_BIN or the debug build.
"""

import argparse
import asyncio
import random
import resource
import sys
import time

from faults import kinds
from faults.farm import Farm
from faults.ledger import Ledger
from faults.user import User
from node import remove_at_sigterm
from servers import Redis, Replica


class Run:
    plain, copy = Redis, Replica

    def __init__(self, options):
        self.options = options
        self.long = not options.short
        self.random = random.Random(options.seed)
        # Of a round's fault; what is sent meanwhile depends on how quick everybody is.
        self.chance = random.Random()
        self.ledger = Ledger()
        self.farm = Farm(session_timeout=2 if options.short else 4)
        self.users = []
        self.talking = False
        self.routes_after = None
        # The longest time for which this program itself stood still, in seconds.
        self.stood_still = 0.0

    # What faults say and ask

    def dies(self, for_seconds):
        """A node is dead from now on: its routes may be used for the session time-out and a second."""
        now = time.monotonic()
        self.ledger.dead = (now + self.farm.session_timeout + 1, now + for_seconds)

    def id_of(self, port):
        return self.farm.ids()[port]

    async def eventually(self, what, seconds, condition):
        """Waits for what must become true, asked on another thread; a violation if it does not."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if await asyncio.to_thread(condition):
                    return True
            except Exception as error:
                last = error
            else:
                last = ""
            if time.monotonic() > deadline:
                self.ledger.violate(f"{what}: not within {seconds} s {last}")
                return False
            await asyncio.sleep(0.1)

    async def routes_complete(self, deadline, exact=False):
        """Every session stands in Redis until then, and, if `exact`, no session that has ended on a living node."""
        self.routes_after = None
        while True:
            missing, ended = await self.route_faults()
            faults = missing + ended if exact else missing
            if not faults:
                self.routes_after = time.monotonic()
                return
            if time.monotonic() > deadline:
                self.ledger.violate(f"routes are wrong: {len(faults)}, such as {faults[0]}")
                return
            await asyncio.sleep(0.1)

    async def route_faults(self):
        began = time.monotonic()
        open_before = {user.uid: user.session for user in self.users}
        try:
            ids = await asyncio.to_thread(self.farm.ids)
            routes = await asyncio.to_thread(self.farm.routes, [user.uid for user in self.users])
        except Exception as error:
            return [f"nobody answers: {error}"], []
        missing, ended = [], []
        for user in self.users:
            session, found = user.session, routes[user.uid]
            if session is None or session is not open_before[user.uid] or session.since > began - 1.5:
                continue
            own = ids[session.transport.get_extra_info("peername")[1]]
            if found.get(session.id) != own:
                missing.append(f"{user.uid}'s session {session.id} on node {own} stands as {found}")
            ended += [f"{user.uid}'s ended session {other} on node {node}" for other, node in found.items()
                       if other != session.id and node in ids.values()]
        return missing, ended

    # Traffic

    async def talk(self):
        """Random pairs, as many messages a second as were asked for."""
        due = 0.0
        while True:
            await asyncio.sleep(0.02)
            due = due + self.options.rate * 0.02 if self.talking else 0
            while due >= 1:
                due -= 1
                sender, to = self.random.sample(self.users, 2)
                if len(sender.letters) < 30:
                    sender.post(to.uid)
                if self.random.random() < self.options.moves:
                    self.random.choice(self.users).move(self.random.choice(self.farm.places))

    async def spread(self):
        """Every node has its share of users before a fault."""
        for user in self.users:
            place = self.random.choice(self.farm.places)
            if self.ledger.counts["moves"] < len(self.users) / 2 and user.place != place:
                user.move(place)
        await self.all_done("everybody logs in after moving", 30)
        await asyncio.sleep(1)

    def outstanding(self):
        return sum(len(user.letters) for user in self.users)

    async def all_done(self, what, seconds):
        deadline = time.monotonic() + seconds
        while self.outstanding() or not all(user.session for user in self.users):
            if time.monotonic() > deadline:
                rest = next((letter for user in self.users for letter in user.letters.values()), None)
                away = [user.uid for user in self.users if not user.session]
                self.ledger.violate(
                    f"{what}: not within {seconds} s: {self.outstanding()} messages, such as {rest}; not logged in: {away[:3]}")
                return
            await asyncio.sleep(0.05)

    # Rounds

    async def watch_itself(self):
        """A machine that is held up for seconds breaks sessions and times of everybody: such a round says nothing."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.1)
            self.stood_still = max(self.stood_still, time.monotonic() - began - 0.1)

    async def round(self, number, fault):
        self.ledger.begin_round()
        await self.spread()
        self.ledger.begin_round()
        self.stood_still = 0.0
        began = time.monotonic()
        self.talking = True
        await asyncio.sleep(1)
        told = await kinds.ALL[fault](self)
        mended = time.monotonic()
        await asyncio.sleep(2)
        self.talking = False
        await self.all_done("all messages arrive", 40)
        settled = time.monotonic() - mended
        for user in self.users:
            user.post(self.random.choice(self.users).uid)
        await self.all_done("everybody's traffic flows again", 15)
        await self.routes_complete(time.monotonic() + 5, exact=True)
        counts = self.ledger.counts
        verdict = "ok" if not self.ledger.violations else f"{counts['violations']} VIOLATIONS"
        held_up = self.ledger.violations and self.stood_still > 1
        if held_up:
            verdict += f", not counted: everything stood still for {self.stood_still:.1f} s"
        print(
            f"round {number} seed {self.options.seed} {fault} ({told}): {counts['posted']} messages, {counts['accepted']} accepted, "
            f"{counts['refused']} refused and tried again, {counts['reconnects']} reconnects, {counts['moves']} of them moves, "
            f"again: {counts['again unacknowledged']} unacknowledged, {counts['again under another id']} by way of another node; slowest "
            f"{self.ledger.slowest:.1f} s, settled {settled:.1f} s after, {time.monotonic() - began:.0f} s in all: {verdict}", flush=True)
        for violation in self.ledger.violations:
            print(f"    {violation}", flush=True)
        return None if held_up else not self.ledger.violations

    def draw(self, number):
        faults = self.options.faults
        if self.options.each:
            return faults[number % len(faults)]
        if "zk_away" in faults and (number % 10 == 9 or len(faults) == 1):
            return "zk_away"
        return self.chance.choice([fault for fault in faults if fault != "zk_away"])

    async def run(self):
        await self.farm.start()
        try:
            for number in range(self.options.users):
                # One in ten waits longer than any freezing lasts.
                patience = 40 if number % 10 == 0 else 7
                chance = random.Random(f"{self.options.seed}/{number}")
                self.users.append(User(f"u{number}", self.farm.places, self.ledger, chance, patience))
                if number % 50 == 49:
                    await asyncio.sleep(0.1)
            await self.all_done("everybody logs in", 30)
            for violation in self.ledger.violations:
                print(violation)
                return False
            talker = asyncio.create_task(self.talk())
            watch = asyncio.create_task(self.watch_itself())
            good = bad = 0
            for number in range(self.options.rounds):
                self.chance = random.Random(f"{self.options.seed}/round {number + 1}")
                fault = self.draw(number)
                outcome = await self.round(number + 1, fault)
                good, bad = good + (outcome is True), bad + (outcome is False)
                for task in (talker, watch):
                    if task.done():
                        task.result()
            held_up = self.options.rounds - good - bad
            print(f"{good} of {self.options.rounds} rounds without a violation, {bad} with, {held_up} held up from outside")
            return bad == 0 and good > held_up
        finally:
            if self.options.logs:
                for node in self.farm.nodes:
                    print(f"--- {node.config['node']['name']}\n{node.log_text()}")
            self.farm.remove()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=200, help="messages a second")
    parser.add_argument("--moves", type=float, default=0.03, help="users that drop their connection and go elsewhere, for each message")
    parser.add_argument("--faults", type=lambda text: text.split(","), default=list(kinds.ALL))
    parser.add_argument("--each", action="store_true", help="the faults in their order, not drawn")
    parser.add_argument("--short", action="store_true", help="short faults, for continuous integration")
    parser.add_argument("--logs", action="store_true", help="the ends of the nodes' logs at the end")
    options = parser.parse_args(arguments)
    for fault in options.faults:
        if fault not in kinds.ALL:
            parser.error(f"no such fault: {fault}; there are {', '.join(kinds.ALL)}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    remove_at_sigterm()
    return 0 if asyncio.run(Run(options).run()) else 1


if __name__ == "__main__":
    sys.exit(main())
