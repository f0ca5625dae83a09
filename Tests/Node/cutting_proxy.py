"""A way to a node that breaks: it takes what the node answers away and closes, as a network does."""

import socket
import threading

import wire


class CuttingProxy:
    """Forwards between clients and a port. The first `cuts` connections end, losing it, at the first frame of type `at` of the node."""

    def __init__(self, port, at=wire.MESSAGE_RESPONSE, cuts=1):
        self.target, self.at, self.left = port, at, cuts
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.cut = 0
        self.open = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for end in self.open:
            end.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            node = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, node]
            cuts = self.left > 0
            self.left -= 1
            threading.Thread(target=self._forward, args=(client, node), daemon=True).start()
            threading.Thread(target=self._back, args=(node, client, cuts), daemon=True).start()

    def _forward(self, source, target):
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _back(self, source, target, cuts):
        data = b""
        try:
            while part := source.recv(1 << 16):
                data += part
                while len(data) >= 8 and len(data) >= (size := 8 + int.from_bytes(data[4:8], "big")):
                    frame, data = data[:size], data[size:]
                    if cuts and wire.decode(frame[8:]).get("type", 0) == self.at:
                        self.cut += 1
                        return
                    target.sendall(frame)
        except OSError:
            pass
        finally:
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
