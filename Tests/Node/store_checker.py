#!/usr/bin/env python3
"""Kills a node, or its database, again and again while clients send, and looks for what was lost, doubled or out of order.

Senders want receipts and send again what was not answered; recipients acknowledge. Of the messages that were answered as accepted none may
be missing, none may come again to a device that acknowledged it, and each sender's come in the order they were sent.

    store_checker.py --kills 200 --seed 7              # long: ten minutes; the tests have a short one
    store_checker.py --kills 50 --disk                 # its disk (a tmpfs: needs root) is full again and again, also while it dies
    store_checker.py --kills 50 --queue                # acknowledgements pass a Redis, which dies, too
    store_checker.py --kills 30 --mysql node
    store_checker.py --kills 30 --mysql database
"""

import argparse
import os
import pathlib
import random
import socket
import subprocess
import sys
import threading
import time

import wire
from client import Client, Closed
from node import Node
from servers import MariaDB, Redis

PIPELINE = [{"login": {"mode": "open"}}, {"inbox": {"max_messages": 10_000_000}}, "chat_redirect"]
GONE = (Closed, OSError, TimeoutError)
# An acknowledgement has no answer. It has arrived for certain when two heartbeats after it, so many seconds apart, were echoed; a database
# takes longer than a file.
BEAT = 0.2
DATABASE_BEAT = 1.5


class Sender(threading.Thread):
    window = 8

    def __init__(self, run, uid, peer):
        super().__init__(daemon=True)
        self.run_, self.uid, self.peer = run, uid, peer
        # A database that fails refuses some of those that are under way and takes others: their order is then that of the sending again.
        self.window = 1 if run.victim is not run.node else Sender.window
        self.accepted = 0
        self.next = 1
        self.waiting = {}
        self.refused = 0

    def run(self):
        while not (self.run_.enough.is_set() and not self.waiting):
            try:
                self.session()
            except GONE:
                time.sleep(0.02)

    def chat(self, number):
        return wire.chat(self.peer, str(number), sequence=number, msg_id=number)

    def is_far_ahead(self):
        """Of its recipient: what is sent faster than this program reads would only make the end long."""
        return self.next - len(self.run_.recipient(self.peer).seen.get(self.uid, ())) > 2000

    def session(self):
        with Client(self.run_.port) as client:
            client.login(self.uid, "sends", capabilities=wire.RECEIPTS)
            for number in sorted(self.waiting):
                client.send(self.chat(number))
            while True:
                while len(self.waiting) < self.window and not self.run_.enough.is_set() and not self.is_far_ahead():
                    self.waiting[self.next] = True
                    client.send(self.chat(self.next))
                    self.next += 1
                if not self.waiting:
                    if self.run_.enough.is_set():
                        return
                    time.sleep(0.01)
                    continue
                answer = client.receive(timeout=5)
                if answer.get("type") != wire.MESSAGE_RESPONSE:
                    continue
                number, response = answer["sequence"], answer["messageResponse"]
                if response.get("result"):
                    if self.waiting.pop(number, None):
                        self.accepted += 1
                else:
                    # Nobody may overtake it: all that wait are sent again.
                    self.refused += 1
                    raise Closed


class Recipient(threading.Thread):
    def __init__(self, run, uid):
        super().__init__(daemon=True)
        self.run_, self.uid = run, uid
        self.seen = {}
        self.sequences = {}
        self.acknowledged = set()
        self.faults = []

    def run(self):
        while not self.run_.over.is_set():
            try:
                self.session()
            except GONE:
                time.sleep(0.02)

    def session(self):
        with Client(self.run_.port) as client:
            client.login(self.uid, "gets", capabilities=wire.ACKS)
            beats, beaten, unproven = 0, time.monotonic(), []
            pause = DATABASE_BEAT if self.run_.database else BEAT
            while not self.run_.over.is_set():
                if time.monotonic() - beaten > pause:
                    beats += 1
                    beaten = time.monotonic()
                    client.send(wire.heartbeat(beats))
                try:
                    message = client.receive(timeout=BEAT)
                except TimeoutError:
                    continue
                if message.get("type") == wire.HEART_BEAT:
                    proven = message["heartBeat"]["seq"] - 2
                    self.acknowledged |= {server_id for beat, server_id in unproven if beat <= proven}
                    unproven = [(beat, server_id) for beat, server_id in unproven if beat > proven]
                if message.get("type") == wire.MESSAGE_REQUEST:
                    server_id = message["messageRequest"]["server_id"]
                    self.got(message["messageRequest"])
                    client.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [server_id]}))
                    unproven.append((beats, server_id))

    def got(self, message):
        server_id, sender, number = message["server_id"], message["from"], int(message["content"])
        if server_id in self.acknowledged and self.run_.keeps_acknowledgements:
            self.faults.append(f"{number} of {sender} came again after it was acknowledged")
        numbers = self.seen.setdefault(sender, {})
        if number in numbers:
            if numbers[number] != server_id:
                self.faults.append(f"{number} of {sender} came under two numbers")
            return
        if numbers and number != max(numbers) + 1 and self.run_.refuses_nothing:
            self.faults.append(f"{number} of {sender} came after {max(numbers)}")
        numbers[number] = server_id
        # Whatever was refused meanwhile and sent again: the order is that of the conversation.
        sequence = message["conversation_seq"]
        if sequence <= self.sequences.get(sender, 0):
            self.faults.append(f"{number} of {sender}, {sequence} of the conversation, came after {self.sequences[sender]}")
        self.sequences[sender] = sequence


class Disk:
    """A file system of its own for a node's data, which can be filled."""

    def __init__(self, folder, megabytes=256):
        self.folder = folder
        self.filler = folder / "filler"
        folder.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", folder], check=True)

    def fill(self):
        with open(self.filler, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * (1 << 20))
            except OSError:
                pass

    def free(self):
        self.filler.unlink(missing_ok=True)

    def remove(self):
        subprocess.run(["umount", self.folder], check=False)

    @staticmethod
    def is_possible():
        return os.geteuid() == 0


class Run:
    """Some senders and recipients on a node that dies `kills` times."""

    def __init__(self, kills, seed, pairs=6, disk=False, queue=False, mysql=None):
        """`mysql`: what dies, the node or the database; None: the node, on SQLite."""
        self.random = random.Random(seed)
        self.kills = kills
        # An acknowledgement has no answer: one that came while nothing could be stored, or that a Redis without disk had, may die with the
        # node.
        self.keeps_acknowledgements = not (disk or queue)
        # One that is refused is sent again, behind those that were sent with it.
        self.refuses_nothing = not disk
        self.enough, self.over = threading.Event(), threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.redis = Redis().start() if queue else None
        self.database = MariaDB().start() if mysql else None
        config = {"chat": {"port": self.port, "threads": 2}}
        if queue:
            config |= {"queue": {"driver": "redis"}, "cluster": {"redis": {"url": self.redis.url}}}
        if mysql:
            config |= {"store": self.database.store()}
        self.node = Node(config, PIPELINE)
        self.victim = self.database if mysql == "database" else self.node
        self.disk = Disk(pathlib.Path(self.node.folder) / "data") if disk else None
        self.recipients = [Recipient(self, f"r{n}") for n in range(pairs)]
        self.senders = [Sender(self, f"s{n}", f"r{n % pairs}") for n in range(2 * pairs)]

    def run(self):
        """Faults, a line each; and how many messages were accepted."""
        try:
            self.node.start()
            for thread in self.recipients + self.senders:
                thread.start()
            for _ in range(self.kills):
                time.sleep(self.random.uniform(0.05, 6 if self.database else 0.8))
                self.disturb()
                self.victim.kill()
                if self.disk:
                    self.disk.free()
                self.victim.start()
            time.sleep(0.5)
            self.enough.set()
            for sender in self.senders:
                sender.join(60)
            # As long as something comes.
            deadline, before = time.monotonic() + 60, None
            while (missing := len(self.missing())) and time.monotonic() < deadline:
                if missing != before:
                    deadline, before = time.monotonic() + 60, missing
                time.sleep(0.5)
            self.over.set()
            for recipient in self.recipients:
                recipient.join(10)
            return self.faults(), sum(sender.accepted for sender in self.senders)
        finally:
            self.over.set()
            self.enough.set()
            self.node.kill()
            if self.disk:
                self.disk.remove()
            if self.redis:
                self.redis.remove()
            self.node.remove()
            if self.database:
                self.database.remove()

    def disturb(self):
        """What goes wrong beside the node. It dies with a full disk in half of the cases."""
        if self.disk:
            self.disk.fill()
            time.sleep(self.random.uniform(0.05, 0.5))
            if self.random.random() < 0.5:
                self.disk.free()
                time.sleep(self.random.uniform(0.05, 0.5))
        if self.redis and self.random.random() < 0.3:
            self.redis.kill()
            time.sleep(self.random.uniform(0.05, 0.5))
            self.redis.start()

    def recipient(self, uid):
        return next(recipient for recipient in self.recipients if recipient.uid == uid)

    def missing(self):
        lost = []
        for sender in self.senders:
            seen = self.recipient(sender.peer).seen.get(sender.uid, {})
            lost += [(sender.uid, n) for n in range(1, sender.next) if n not in seen and n not in sender.waiting]
        return lost

    def faults(self):
        faults = [fault for recipient in self.recipients for fault in recipient.faults]
        faults += [f"{number} of {uid} was accepted and never came" for uid, number in self.missing()]
        faults += [f"{sender.uid} has {len(sender.waiting)} messages without an answer" for sender in self.senders if sender.waiting]
        return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mysql", choices=["node", "database"], help="on MariaDB: which of the two is killed")
    parser.add_argument("--disk", action="store_true", help="fill the disk again and again")
    parser.add_argument("--queue", action="store_true", help="acknowledgements pass a Redis, which dies, too")
    options = parser.parse_args()
    if options.disk and not Disk.is_possible():
        parser.error("--disk needs root")
    faults, accepted = Run(options.kills, options.seed, disk=options.disk, queue=options.queue, mysql=options.mysql).run()
    for fault in faults[:50]:
        print(fault)
    print(f"{options.kills} kills, {accepted} messages accepted, {len(faults)} faults")
    return 1 if faults or not accepted else 0


if __name__ == "__main__":
    sys.exit(main())
