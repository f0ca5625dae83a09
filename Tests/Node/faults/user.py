"""A user with one device: keeps a connection to some node, sends again what was not answered, and takes no notice of doubles."""

import asyncio
import itertools
import time

import wire

_connections = itertools.count(1)
UNAVAILABLE = {wire.NO_SUCH_USER, wire.UNAVAILABLE}


class Letter:
    """A message from its writing to its success, whatever connections and tries that takes."""

    def __init__(self, sender, to, msg_id):
        self.sender, self.to, self.msg_id = sender, to, msg_id
        self.posted = time.monotonic()
        self.sent = 0.0
        self.tries = 0

    def __str__(self):
        return f"{self.sender} to {self.to}, {self.msg_id}, try {self.tries}"


class Session(asyncio.Protocol):
    """One connection of a user."""

    def __init__(self, user):
        self.user, self.uid, self.ledger = user, user.uid, user.ledger
        self.number = next(_connections)
        self.sent = 0
        self.last = {}
        self.pending = {}
        self.buffer = bytearray()
        self.acks, self.beats, self.beat = [], {}, 0
        self.id, self.since = None, 0.0
        self.heard = time.monotonic()
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={
            "uid": self.uid, "deviceId": "d0", "token": "t", "capabilities": wire.RECEIPTS | wire.ACKS}))

    def connection_lost(self, _):
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data):
        self.heard = time.monotonic()
        self.buffer += data
        while len(self.buffer) >= 8 and len(self.buffer) >= 8 + (length := int.from_bytes(self.buffer[4:8], "big")):
            body = bytes(self.buffer[8:8 + length])
            del self.buffer[:8 + length]
            self.take(wire.decode(body))

    def take(self, message):
        kind = message.get("type", 0)
        if kind == wire.MESSAGE_REQUEST:
            request = message["messageRequest"]
            self.ledger.arrived(self, request)
            self.acks.append(request["server_id"])
            self.transport.write(wire.message(wire.MESSAGE_ACK, 0, ack={"server_id": [request["server_id"]]}))
        elif kind == wire.MESSAGE_RESPONSE:
            self.answered(message.get("sequence", 0), message["messageResponse"])
        elif kind == wire.HEART_BEAT:
            self.ledger.acknowledged.update((self.uid, server_id) for server_id in self.beats.pop(message["sequence"], ()))
        elif kind == wire.LOGIN_RESPONSE:
            if message["loginResponse"].get("result"):
                self.id, self.since = message["session_id"], time.monotonic()
                self.user.opened(self)
            else:
                self.transport.close()

    def send(self, letter):
        self.sent += 1
        letter.tries += 1
        letter.sent = time.monotonic()
        self.pending[self.sent] = letter
        self.transport.write(wire.message(wire.MESSAGE_REQUEST, self.sent, messageRequest={
            "msg_id": letter.msg_id, "to": letter.to, "content": f"{self.number}:{self.sent}"}))

    def answered(self, sequence, response):
        letter = self.pending.pop(sequence, None)
        if letter is None:
            return self.ledger.violate(f"{self.uid} was answered for {sequence}, which it did not send or was answered for before")
        if response.get("msg_id") != letter.msg_id:
            self.ledger.violate(f"{letter} was answered with msg_id {response.get('msg_id')}")
        self.ledger.answered(letter, time.monotonic() - letter.sent)
        if response.get("result"):
            self.user.letters.pop(letter.msg_id, None)
            self.ledger.accepted(letter, response.get("server_id", 0))
        elif response.get("code") in UNAVAILABLE:
            self.ledger.counts["refused"] += 1
            delay = min(0.3 * 2 ** letter.tries, 2) * self.user.random.uniform(0.5, 1)
            asyncio.get_running_loop().call_later(delay, self.user.retry, letter)
        else:
            self.ledger.violate(f"{letter} was answered with {response}")

    def tick(self):
        """Every two seconds: a heartbeat, whose echo says that what was acknowledged before it is known to the node."""
        self.beat += 1
        self.beats[self.beat], self.acks = self.acks, []
        self.transport.write(wire.heartbeat(self.beat))


class User:
    def __init__(self, uid, places, ledger, random, patience):
        """`places`: chat ports; `patience`: seconds without a byte from the node after which a connection is given up."""
        self.uid, self.places, self.ledger, self.random, self.patience = uid, places, ledger, random, patience
        self.letters = {}
        self.session = None
        self.numbers = itertools.count(1)
        self.place = random.choice(places)
        self.moves_to = None
        self.task = asyncio.create_task(self.run())

    async def run(self):
        loop = asyncio.get_running_loop()
        delay = 0.1
        while True:
            session = None
            try:
                async with asyncio.timeout(5):
                    _, session = await loop.create_connection(lambda: Session(self), "127.0.0.1", self.place)
                while True:
                    done, _ = await asyncio.wait([session.closed], timeout=self.random.uniform(1.8, 2.2))
                    patience = self.patience if session.id else 6
                    if done or time.monotonic() - session.heard > patience:
                        break
                    if session.id:
                        delay = 0.1
                        session.tick()
            except (OSError, TimeoutError):
                pass
            if session:
                session.transport.abort()
                if self.session is session:
                    self.session = None
            self.ledger.counts["reconnects"] += 1
            await asyncio.sleep(delay * self.random.uniform(0.5, 1))
            delay = min(delay * 2, 2)
            if self.moves_to:
                self.place, self.moves_to = self.moves_to, None
            elif self.random.random() < 0.7:
                self.place = self.random.choice(self.places)

    def move(self, place):
        """Drops the connection, as a phone does that changes networks, and goes to another node."""
        if self.session:
            self.moves_to = place
            self.ledger.counts["moves"] += 1
            self.session.transport.abort()

    def opened(self, session):
        self.session = session
        for letter in list(self.letters.values()):
            session.send(letter)

    def post(self, to):
        letter = Letter(self.uid, to, next(self.numbers))
        self.letters[letter.msg_id] = letter
        self.ledger.counts["posted"] += 1
        if self.session:
            self.session.send(letter)
        return letter

    def retry(self, letter):
        """Once more, if it has not been sent again by a new connection."""
        if letter.msg_id in self.letters and self.session and letter not in self.session.pending.values():
            self.session.send(letter)
