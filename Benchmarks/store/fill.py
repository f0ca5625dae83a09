"""Messages written straight into a stopped node's messages.db, some hundred thousand a second."""

import sqlite3

import wire

LONG = 20


def fill(path, messages):
    """`messages` messages of a user called reader: half of them in 20 long conversations, the rest in short ones.

    Gives the long ones' peers and lengths."""
    each = messages // 2 // LONG
    short = 1000
    conversations = [(f"long{n}", each) for n in range(LONG)]
    rest = messages - each * LONG
    conversations += [(f"short{n}", min(short, rest - n * short)) for n in range((rest + short - 1) // short)]
    body = wire.encode({"msg_id": 1, "from": "reader", "to": "somebody", "content": "." * 64, "time": 1_700_000_000_000}, "MessageRequest")
    database = sqlite3.connect(path)
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000")
    with database:
        for number, (peer, count) in enumerate(conversations, 1):
            first, second = sorted((b"reader", peer.encode()))
            key = f"u{len(first)}:{first.decode()}{second.decode()}"
            database.execute("INSERT INTO conversation (id, name, last_seq) VALUES (?, ?, ?)", (number, key, count))
            database.execute("INSERT INTO mailbox (id, name, last, taken) VALUES (?, ?, ?, ?)", (number, "u:" + peer, count, count))
        # In turns, as they come in life: the rows of a conversation do not lie side by side.
        database.executemany(
            """INSERT INTO message (server_id, conversation, seq, mailbox, number, sender, device, stored_ms, body)
               VALUES (?, ?, ?, ?, ?, 'reader', 'd', 1700000000000, ?)""", rows(conversations, body))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return conversations[:LONG]


def rows(conversations, body):
    server_id, sequence = 0, 0
    live = list(enumerate(conversations, 1))
    while live:
        sequence += 1
        for number, _ in live:
            server_id += 1
            yield server_id, number, sequence, number, sequence, body
        live = [entry for entry in live if entry[1][1] > sequence]
