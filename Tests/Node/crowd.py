"""Traffic of some users beside a test."""

import threading
import time

import wire
from client import Closed


class Crowd:
    """Users who write to each other, now and then what a test's plugin can't stand ("boom"), until it is ended."""

    def __init__(self, node, users=24, pause=0.02):
        self.stopped = threading.Event()
        self.clients = [node.client(f"user{number}") for number in range(users)]
        self.pause = pause
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self, part):
        own = self.clients[part::4]
        turn = 0
        while not self.stopped.is_set():
            for client in own:
                turn += 1
                text = "boom" if turn % 150 == 0 else "hello"
                try:
                    # One of them writes more than the rules let.
                    client.send(wire.chat(f"user{turn % len(self.clients)}", text) * (3 if client is self.clients[0] else 1))
                    client.socket.setblocking(False)
                    try:
                        while client.socket.recv(1 << 18):
                            pass
                    finally:
                        client.socket.setblocking(True)
                except BlockingIOError:
                    pass
                except (OSError, Closed):
                    return
            time.sleep(self.pause)

    def end(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        for client in self.clients:
            client.close()
