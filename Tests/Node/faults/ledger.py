"""What was sent, answered, received and acknowledged, and what in it breaks a promise."""

import collections
import time


class Ledger:
    def __init__(self):
        self.violations = []
        self.counts = collections.Counter()
        self.slowest = 0.0
        # (recipient, sender, msg_id) -> server_ids under which it came
        self.received = {}
        # (recipient, server_id) of which the node certainly has the acknowledgement
        self.acknowledged = set()
        # From when on no route may lead to a dead node: [from, until], None while no node is dead.
        self.dead = None

    def begin_round(self):
        self.violations, self.counts, self.slowest, self.dead = [], collections.Counter(), 0.0, None

    def violate(self, text):
        self.counts["violations"] += 1
        if len(self.violations) < 20:
            self.violations.append(text)

    def accepted(self, letter, server_id):
        """A sender was told that its message has arrived."""
        self.counts["accepted"] += 1
        self.slowest = max(self.slowest, time.monotonic() - letter.posted)
        ids = self.received.get((letter.to, letter.sender, letter.msg_id))
        if not ids:
            self.violate(f"{letter} was answered with success, and {letter.to} never got it")
        elif server_id not in ids:
            self.violate(f"{letter} was answered with server_id {server_id}, and came as {sorted(ids)}")

    def answered(self, letter, seconds):
        """However it was answered: a message after a death must not wait for the dead."""
        if self.dead and self.dead[0] < letter.sent and time.monotonic() < self.dead[1] and seconds > 5:
            self.violate(f"{letter}, sent {letter.sent - self.dead[0]:.1f} s after a dead node had to be known, waited {seconds:.1f} s")

    def arrived(self, session, message):
        """A device got a message."""
        self.counts["arrived"] += 1
        uid, sender, msg_id, server_id = session.uid, message.get("from"), message.get("msg_id", 0), message.get("server_id", 0)
        connection, number = map(int, message["content"].split(":"))
        if message.get("to") != uid:
            self.violate(f"{uid} got what is for {message.get('to')}")
        if not server_id:
            self.violate(f"{uid} has ACKS, and got {sender}/{msg_id} without server_id")
        if (uid, server_id) in self.acknowledged:
            self.violate(f"{uid} acknowledged {server_id} ({sender}/{msg_id}), and got it again")
        last = session.last.get(connection, 0)
        if number == last:
            self.violate(f"{uid} got {sender}/{msg_id} twice in one session, sent once")
        elif number < last:
            self.violate(f"{uid} got number {number} of {sender}'s session after number {last}")
        session.last[connection] = max(number, last)
        ids = self.received.setdefault((uid, sender, msg_id), set())
        if ids and server_id not in ids:
            self.counts["again under another id"] += 1
            if any((uid, known) in self.acknowledged for known in ids):
                self.violate(f"{uid} acknowledged {sender}/{msg_id} as {sorted(ids)}, and got it again as {server_id}")
        elif ids:
            self.counts["again unacknowledged"] += 1
        ids.add(server_id)
