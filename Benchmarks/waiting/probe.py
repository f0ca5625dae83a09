"""What others notice: probe.py PORT SECONDS. Pairs send messages and heartbeats on a schedule.

Prints latencies in microseconds as JSON. A latency is counted from when the frame was sent, so that this program's own lateness does not
count.
"""

import json
import selectors
import sys
import time

from connection import Connection
import wire

PAIRS = 50
# Frames a second, of each kind.
RATE = 500


def quantiles(values):
    values.sort()
    return {name: round(values[min(int(len(values) * share), len(values) - 1)] * 1e6)
            for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("most", 1))} | {"count": len(values)}


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    selector = selectors.DefaultSelector()
    pairs = [(Connection(port, f"from{n}"), Connection(port, f"to{n}")) for n in range(PAIRS)]
    for connection in [each for pair in pairs for each in pair]:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    sent, latencies = {}, {"message": [], "heartbeat": []}
    clock = time.perf_counter
    number, next_due, end = 0, clock(), clock() + seconds
    while (now := clock()) < end or sent:
        if now > end + 5:
            raise SystemExit(f"{len(sent)} frames did not arrive")
        while next_due <= now < end:
            number += 1
            source, target = pairs[number % PAIRS]
            chat, beat = wire.chat(target.uid, f"n{number}", msg_id=number, **{"from": source.uid}), wire.heartbeat(number)
            sent[target.uid, chat] = ("message", clock())
            source.send(chat)
            sent[target.uid, beat] = ("heartbeat", clock())
            target.send(beat)
            next_due += 1 / RATE
        for key, _ in selector.select(max(0, min(next_due - clock(), 0.01))):
            frames = key.data.frames()
            arrived = clock()
            for frame in frames:
                kind, when = sent.pop((key.data.uid, frame))
                latencies[kind].append(arrived - when)
    print(json.dumps({kind: quantiles(values) for kind, values in latencies.items()}))


if __name__ == "__main__":
    main()
