"""A client that does on the wire just what a test says."""

import select
import socket
import struct
import time

import wire


class Closed(Exception):
    """The node ended the connection."""


class Client:
    def __init__(self, port, host="127.0.0.1", receive_buffer=None, source=None, secure=None):
        """`secure`: an ssl.SSLContext, for TLS."""
        self.socket = socket.socket()
        if source:
            self.socket.bind((source, 0))
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        try:
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            try:
                self.socket = secure.wrap_socket(self.socket, server_hostname="localhost")
            except OSError:
                self.socket.close()
                raise
        self.bytes = bytearray()
        self.session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def break_off(self):
        """Ends the connection as one that breaks does: by a reset, not by hanging up."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        """Sends bytes and gives them back, to compare with what another client gets."""
        self.socket.sendall(data)
        return data

    def receive_frame(self, timeout=60):
        """The bytes of the next whole frame, head included. Raises Closed, or TimeoutError when none comes in `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            if len(self.bytes) >= 8:
                magic, version, length = struct.unpack(">HHi", self.bytes[:8])
                assert (magic, version) == (wire.MAGIC, wire.VERSION), f"the node sent a wrong head: {bytes(self.bytes[:8]).hex()}"
                if len(self.bytes) >= 8 + length:
                    whole = bytes(self.bytes[:8 + length])
                    del self.bytes[:8 + length]
                    return whole
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

    def receive(self, kind=None, timeout=60):
        """The next message; with `kind`, it must be of that type."""
        message = wire.decode(self.receive_frame(timeout)[8:])
        if kind is not None:
            assert message.get("type", 0) == kind, f"type {kind} expected, got {message}"
        return message

    def receive_until(self, kind, timeout=60):
        """The next message of that type; others before it are dropped."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.receive(timeout=max(0.001, deadline - time.monotonic()))
            if message.get("type", 0) == kind:
                return message

    def ask(self, data, kind, timeout=60):
        self.send(data)
        return self.receive(kind, timeout)

    def login(self, uid, device="d0", sequence=1, **parts):
        """Logs in and gives the LoginResponse; keeps the session id when it succeeded."""
        request = {"uid": uid, "deviceId": device, "token": "t", **parts}
        answer = self.ask(wire.message(wire.LOGIN_REQUEST, sequence, loginRequest=request), wire.LOGIN_RESPONSE)
        assert answer.get("sequence", 0) == sequence, f"sequence {sequence} expected, got {answer}"
        if answer["loginResponse"].get("result"):
            self.session = answer["session_id"]
        return answer["loginResponse"]

    def is_silent(self, seconds=0.2):
        """Whether nothing arrives for so long."""
        if self.bytes:
            return False
        readable, _, _ = select.select([self.socket], [], [], seconds)
        return not readable

    def wait_closed(self, timeout=60):
        """Seconds until the node closed; frames before that are dropped. Raises TimeoutError when it stays open."""
        started = time.monotonic()
        try:
            while True:
                self.receive_frame(max(0.001, timeout - (time.monotonic() - started)))
        except Closed:
            return time.monotonic() - started

    def call(self, route, body=b"", sequence=50, timeout=60):
        """A CUSTOM_REQUEST: (code, info or body as text). Messages that arrive before the answer are dropped."""
        self.send(wire.message(wire.CUSTOM_REQUEST, sequence, custom={"route": route, "body": body}))
        answer = self.receive_until(wire.CUSTOM_RESPONSE, timeout)
        assert answer.get("sequence", 0) == sequence, f"sequence {sequence} expected, got {answer}"
        custom = answer.get("custom", {})
        if custom.get("code"):
            return custom["code"], custom.get("info", "")
        return 0, custom.get("body", b"").decode()

    def beat(self, seq=1):
        """Seconds that a heartbeat's echo took. Messages that arrive before it are dropped."""
        started = time.monotonic()
        sent = self.send(wire.heartbeat(seq))
        while self.receive_frame() != sent:
            pass
        return time.monotonic() - started
