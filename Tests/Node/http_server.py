"""A local HTTP service for plugins to ask, with what real ones do: answers, slowness, redirects, too much, too little."""

import http.server
import json
import socket
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def respond(self):
        self.server.asked.append(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path, _, argument = self.path.partition("?")
        if path == "/echo":
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = {"method": self.command, "path": self.path, "headers": headers, "body": body.decode()}
            self.answer(200, json.dumps(said).encode(), [("X-Reply", "one"), ("X-Reply", "two"), ("Content-Type", "application/json")])
        elif path == "/slow":
            time.sleep(float(argument))
            self.answer(200, b"at last")
        elif path == "/status":
            self.answer(int(argument), b"said so")
        elif path == "/redirect":
            self.answer(302, b"", [("Location", "/echo")])
        elif path == "/big":
            self.answer(200, b"x" * int(argument))
        elif path == "/endless":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                while not self.server.ended:
                    self.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            except OSError:
                self.close_connection = True
        elif path == "/headers":
            self.answer(200, b"", [(f"X-{n}", "y" * 100) for n in range(int(argument))])
        elif path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        elif path == "/binary":
            self.answer(200, bytes(range(256)))
        else:
            self.answer(404)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = respond


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2048

    def handle_error(self, request, client_address):
        """A client that leaves is no fault of the service."""


class HTTPServer:
    """Runs in threads of this process until `close`; `asked` are the paths, in order."""

    def __init__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.asked = []
        self.server.ended = False
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def asked(self):
        return self.server.asked

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.ended = True
        self.server.shutdown()
        self.server.server_close()


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
