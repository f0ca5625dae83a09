"""Connections of the waiting benchmark: blocking logins, then sockets that a selector watches."""

import pathlib
import socket
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Tests/Node"))

import wire  # noqa: E402


class Connection:
    def __init__(self, port, uid):
        self.uid = uid
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = b""
        login = {"uid": uid, "deviceId": "d", "token": "t"}
        self.socket.sendall(wire.message(wire.LOGIN_REQUEST, 1, loginRequest=login))
        while not (frames := self.frames()):
            pass
        answer = wire.decode(frames[0][8:])
        if not answer.get("loginResponse", {}).get("result"):
            raise SystemExit(f"login of {uid} refused: {answer}")

    def send(self, frame):
        self.socket.sendall(frame)

    def frames(self):
        """The whole frames of one read."""
        data = self.socket.recv(1 << 16)
        if not data:
            raise SystemExit(f"the node closed the connection of {self.uid}")
        data = self.bytes + data
        frames = []
        while len(data) >= 8 and len(data) >= 8 + (size := int.from_bytes(data[4:8], "big")):
            frames.append(data[:8 + size])
            data = data[8 + size:]
        self.bytes = data
        return frames
