"""Sessions whose handlers wait, all at once, again and again: crowd.py PORT COUNT WHAT.

WHAT is "sleep", "http", "now" for handlers that do not wait, or "" for silence.

Prints "ready" when all are logged in, and after SIGTERM a line of JSON: rounds, and how often which result came.
"""

import collections
import json
import os
import selectors
import signal
import sys
import time

from connection import Connection
import wire


def main():
    port, count, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.nice(10)     # whoever is measured goes first
    crowd = [Connection(port, f"crowd{number}") for number in range(count)]
    selector = selectors.DefaultSelector()
    for connection in crowd:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    print("ready", flush=True)
    results, rounds, waiting, due = collections.Counter(), 0, 0, 0
    message = wire.chat("nobody", what)
    while not ended:
        if what and waiting == 0 and time.monotonic() >= due:
            due = time.monotonic() + 2
            for connection in crowd:
                connection.send(message)
            waiting = count
            rounds += 1
        for key, _ in selector.select(0.1):
            for frame in key.data.frames():
                answer = wire.decode(frame[8:])
                notice = json.loads(answer["notification"]["json"]) if "notification" in answer else {"result": str(answer)}
                results[str(notice["result"])] += 1
                waiting -= 1
    print(json.dumps({"rounds": rounds, "results": results}))


if __name__ == "__main__":
    main()
