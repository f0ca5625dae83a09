"""Real users beside a flood, in a process of their own so that the flood's load on this one is not taken for the node's."""

import multiprocessing
import threading
import time

import wire
from client import Client
from websocket import WebSocketClient


class Pulse:
    """Users who are logged in before the flood; each sends a heartbeat and then a message to the next one, again and again."""

    def __init__(self, chat_port, websocket_port, token, users=6):
        context = multiprocessing.get_context("fork")
        self.ours, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, chat_port, websocket_port, token, users), daemon=True)
        self.process.start()
        theirs.close()
        self.receive("ready", 30)

    def receive(self, kind, timeout):
        if not self.ours.poll(timeout):
            raise AssertionError(f"the users are not {kind} after {timeout} s")
        name, value = self.ours.recv()
        assert name == kind, f"{name}: {value}"
        return value

    def take(self):
        """Seconds of each heartbeat and message since the last time, ascending."""
        self.ours.send("take")
        return sorted(self.receive("times", 60))

    def end(self):
        self.ours.send("end")
        self.process.join(30)
        self.ours.close()


def serve(pipe, chat_port, websocket_port, token, users):
    done, failures, times, lock, threads, clients = threading.Event(), [], [], threading.Lock(), [], []

    def note(seconds):
        with lock:
            times.append(seconds)

    def live(number):
        client, count = clients[number], 0
        try:
            while not done.wait(0.05):
                note(client.beat(count % 1000 + 1))
                # To oneself: what comes back has gone the whole way.
                started = time.monotonic()
                client.send(wire.chat(f"pulse{number}", "still there?", sequence=count))
                client.receive_until(wire.MESSAGE_REQUEST)
                note(time.monotonic() - started)
                count += 1
        except Exception as failure:
            failures.append(f"user {number}: {failure!r}")

    try:
        for number in range(users):
            clients.append(WebSocketClient(websocket_port) if number % 3 == 2 else Client(chat_port))
            answer = clients[-1].login(f"pulse{number}", token=token)
            assert answer.get("result"), answer
        threads = [threading.Thread(target=live, args=(number,)) for number in range(users)]
        for thread in threads:
            thread.start()
        pipe.send(("ready", None))
        while pipe.recv() == "take":
            with lock:
                taken = times[:]
                times.clear()
            pipe.send(("failed", failures) if failures else ("times", taken))
    except EOFError:
        pass
    except Exception as failure:
        pipe.send(("failed", repr(failure)))
    done.set()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
