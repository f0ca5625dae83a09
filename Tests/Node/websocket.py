"""A WebSocket client by hand, which also does what a client must not."""

import base64
import hashlib
import os
import socket
import struct
import time

import wire
from client import Client, Closed

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(kind, payload=b"", final=True, reserved=0, masked=True):
    """A frame as clients send it."""
    head = bytes([(0x80 if final else 0) | reserved << 4 | kind])
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 1 << 16:
        head += struct.pack(">BH", bit | 126, len(payload))
    else:
        head += struct.pack(">BQ", bit | 127, len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    pad = (mask * (len(payload) // 4 + 1))[:len(payload)]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")


def request(port, path="/ws", key="dGhlIHNhbXBsZSBub25jZQ==", **fields):
    """An upgrade request; a field None is left out."""
    all_fields = {
        "Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": key,
        "Sec_WebSocket_Version": "13", **fields}
    lines = [f"GET {path} HTTP/1.1"] + [f"{name.replace('_', '-')}: {value}" for name, value in all_fields.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class WebSocketClosed(Closed):
    """The node sent a close frame; `code` is None if it had none."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class WebSocketClient(Client):
    """Like `Client`, which takes and gives whole TCP frames: their heads are left out here on the way, and put before what comes."""

    def __init__(self, port, receive_buffer=None, shake=True, secure=None, **fields):
        super().__init__(port, receive_buffer=receive_buffer, secure=secure)
        self.port = port
        self.pongs = []
        if shake:
            self.shake(**fields)

    def shake(self, **fields):
        key = base64.b64encode(os.urandom(16)).decode()
        status, head = self.ask_upgrade(request(self.port, key=key, **fields))
        assert status == 101, head
        expected = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        assert f"Sec-WebSocket-Accept: {expected}\r\n" in head, head
        assert "extensions" not in head.lower(), head

    def ask_upgrade(self, data):
        """(status, head) of the answer to a request."""
        self.socket.sendall(data)
        return self.read_head()

    def read_head(self):
        while b"\r\n\r\n" not in self.bytes:
            data = self.socket.recv(65536)
            if not data:
                raise Closed()
            self.bytes += data
        head, _, rest = bytes(self.bytes).partition(b"\r\n\r\n")
        self.bytes = bytearray(rest)
        return int(head.split()[1]), head.decode() + "\r\n\r\n"

    def send(self, data):
        """A TCP frame, or several, as a message each."""
        at, out = 0, b""
        while at < len(data):
            length = struct.unpack(">i", data[at + 4:at + 8])[0]
            out += frame(BINARY, data[at + 8:at + 8 + length])
            at += 8 + length
        self.socket.sendall(out)
        return data

    def send_raw(self, data):
        self.socket.sendall(data)

    def receive_raw(self, timeout=60):
        """(kind, payload) of the next frame."""
        deadline = time.monotonic() + timeout
        while True:
            if len(self.bytes) >= 2:
                assert self.bytes[0] & 0x70 == 0 and self.bytes[1] < 128, "a server's frame has no mask and no extension"
                length, size = self.bytes[1], 2
                if length == 126:
                    length, size = int.from_bytes(self.bytes[2:4], "big"), 4
                elif length == 127:
                    length, size = int.from_bytes(self.bytes[2:10], "big"), 10
                if len(self.bytes) >= max(size + length, size):
                    kind, payload = self.bytes[0] & 0x0F, bytes(self.bytes[size:size + length])
                    del self.bytes[:size + length]
                    return kind, payload
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self.socket.recv(1 << 18)
            except TimeoutError:
                raise TimeoutError(f"no frame within {timeout} s") from None
            except ConnectionError:
                raise Closed() from None
            finally:
                self.socket.settimeout(10)
            if not data:
                raise Closed()
            self.bytes += data

    def receive_frame(self, timeout=60):
        deadline = time.monotonic() + timeout
        while True:
            kind, payload = self.receive_raw(max(0.001, deadline - time.monotonic()))
            if kind == BINARY:
                return wire.frame(payload)
            if kind == PONG:
                self.pongs.append(payload)
            elif kind == CLOSE:
                raise WebSocketClosed(int.from_bytes(payload[:2], "big") if payload else None)
            else:
                raise AssertionError(f"the node sent a frame of kind {kind}")

    def close_code(self, timeout=60):
        """The code of the close frame with which the node ends the connection; then nothing more may come."""
        try:
            while True:
                self.receive_frame(timeout)
        except WebSocketClosed as closed:
            code = closed.code
        try:
            extra = self.receive_raw(timeout)
            raise AssertionError(f"{extra} after a close frame")
        except Closed:
            return code


def connect(host, port):
    """A plain connection, without a request."""
    made = socket.create_connection((host, port))
    made.settimeout(10)
    return made
