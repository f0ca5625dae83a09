"""hpush.http: what a plugin is told of a service's answers and failures, and that nobody else waits for it."""

import base64
import json
import threading
import time
import unittest

import wire
from case import NodeTest
from http_server import HTTPServer, unused_port

PLUGIN = """
local M = { api = 1, needs = { "http" }, routes = {} }

-- The body is the table for hpush.http as JSON; the answer is what came back.
function M.routes.ask(ctx, body)
  local answer, why = hpush.http(hpush.json.decode(body))
  if not answer then return "nil, " .. why end
  if answer.body:find("[\\128-\\255]") then answer.body = hpush.base64.encode(answer.body) end
  return hpush.json.encode(answer)
end

M.routes["ask.size"] = function(ctx, body)
  local answer, why = hpush.http { url = body }
  return answer and tostring(#answer.body) or "nil, " .. why
end

return M
"""


class HTTP(NodeTest):
    plugins = {"asker": PLUGIN}
    pipeline = [{"login": {"mode": "open"}}, "asker", "chat_redirect"]

    @classmethod
    def prepare(cls):
        cls.service = HTTPServer()
        cls.addClassCleanup(cls.service.close)

    def ask(self, path, client=None, **options):
        url = path if path.startswith("http") else self.service.url + path
        code, text = (client or self.client("asker")).call("ask", json.dumps({"url": url, **options}).encode(), timeout=15)
        self.assertEqual(code, 0, text)
        return text

    def answer(self, path, **options):
        text = self.ask(path, **options)
        self.assertFalse(text.startswith("nil, "), text)
        return json.loads(text)

    def failure(self, path, **options):
        text = self.ask(path, **options)
        self.assertTrue(text.startswith("nil, "), text)
        return text.removeprefix("nil, ")

    def test_a_plain_get(self):
        answer = self.answer("/echo?a=b%20c")
        said = json.loads(answer["body"])
        self.assertEqual((answer["status"], said["method"], said["path"], said["body"]), (200, "GET", "/echo?a=b%20c", ""))
        self.assertEqual(said["headers"]["host"], self.service.url.removeprefix("http://"))
        self.assertIn("hpush/", said["headers"]["user-agent"])

    def test_method_headers_and_body_arrive(self):
        body = json.dumps({"text": "grüße"})
        headers = {"X-Key": "secret", "Content-Type": "application/json"}
        said = json.loads(self.answer("/echo", method="POST", body=body, headers=headers)["body"])
        self.assertEqual((said["method"], said["body"]), ("POST", body))
        self.assertEqual((said["headers"]["x-key"], said["headers"]["content-type"]), ("secret", "application/json"))

    def test_headers_of_the_answer_have_lower_case_names_and_are_joined(self):
        headers = self.answer("/echo")["headers"]
        self.assertEqual((headers["x-reply"], headers["content-type"]), ("one, two", "application/json"))

    def test_every_status_is_an_answer_and_redirects_are_not_followed(self):
        for status in (201, 401, 404, 500, 503):
            self.assertEqual(self.answer(f"/status?{status}")["status"], status)
        before = len(self.service.asked)
        answer = self.answer("/redirect")
        self.assertEqual((answer["status"], answer["headers"]["location"]), (302, "/echo"))
        self.assertEqual(self.service.asked[before:], ["/redirect"])

    def test_bytes_that_are_no_text_arrive(self):
        self.assertEqual(base64.b64decode(self.answer("/binary")["body"]), bytes(range(256)))

    def test_head_has_no_body(self):
        self.assertEqual(self.answer("/big?1000", method="HEAD")["body"], "")

    def test_a_body_up_to_a_megabyte(self):
        client = self.client("sizes")
        self.assertEqual(client.call("ask.size", f"{self.service.url}/big?{1 << 20}".encode()), (0, str(1 << 20)))
        for path in (f"/big?{(1 << 20) + 1}", "/endless"):
            code, text = client.call("ask.size", f"{self.service.url}{path}".encode())
            self.assertEqual((code, text), (0, "nil, the answer's body is over 1 MB"))

    def test_headers_of_the_answer_are_bounded(self):
        self.assertEqual(len([name for name in self.answer("/headers?100")["headers"] if name.startswith("x-")]), 100)
        self.failure("/headers?2000")
        self.assertEqual(self.answer("/status?200")["status"], 200)

    def test_failures_are_nil_and_a_reason(self):
        started = time.monotonic()
        self.assertIn("connection refused", self.failure(f"http://127.0.0.1:{unused_port()}/"))
        self.assertLess(time.monotonic() - started, 1, "a refused connection is told at once")
        self.assertIn("resolve", self.failure("http://no-such-host.invalid/"))
        self.assertIn("closed", self.failure("/cut"))
        started = time.monotonic()
        self.assertEqual(self.failure("/slow?5", timeout=0.3), "timeout")
        self.assertLess(time.monotonic() - started, 2)

    def test_a_wrong_argument_is_an_error_of_the_plugin(self):
        before = self.node.metric("hpush_plugin_errors_total", plugin="asker", handler="routes.ask")
        client = self.client("wrong")
        for table in ({}, {"url": "ftp://a/"}, {"url": "http://a/", "verify": False}):
            code, _ = client.call("ask", json.dumps(table).encode())
            self.assertNotEqual(code, 0, table)
        self.node.await_metric("hpush_plugin_errors_total", before + 3, plugin="asker", handler="routes.ask")
        self.assertIn("asker.lua:6: unknown key 'verify'", self.node.log_text())

    def test_others_are_served_meanwhile(self):
        waiting = [self.client(f"w{n}") for n in range(20)]
        threads = [threading.Thread(target=self.ask, args=("/slow?0.7", client)) for client in waiting]
        other = self.client("other")
        for thread in threads:
            thread.start()
        self.node.await_metric("hpush_http_open_requests", 20)
        self.assertLess(max(other.beat() for _ in range(50)), 0.5)
        started = time.monotonic()
        for thread in threads:
            thread.join()
        self.assertLess(time.monotonic() - started, 5, "they wait side by side")

    def test_a_session_that_ends_leaves_nothing(self):
        client = self.client("leaver")
        before = self.node.metric("hpush_plugin_waiting_handlers")
        client.send(self.request("/slow?1"))
        self.node.await_metric("hpush_plugin_waiting_handlers", before + 1)
        client.break_off()
        deadline = time.monotonic() + 0.8
        while self.node.metric("hpush_plugin_waiting_handlers") > before:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        time.sleep(1)
        self.assert_alive()

    def request(self, path):
        body = json.dumps({"url": self.service.url + path}).encode()
        return wire.message(wire.CUSTOM_REQUEST, 9, custom={"route": "ask", "body": body})


class ManyLoops(HTTP):
    config = {"chat": {"threads": 2}}


class End(NodeTest):
    """A node ends in time while requests are open."""

    plugins = {"asker": PLUGIN}
    pipeline = [{"login": {"mode": "open"}}, "asker", "chat_redirect"]

    def test_sigterm_with_open_requests(self):
        service = HTTPServer()
        self.addCleanup(service.close)
        client = self.client("asker")
        body = json.dumps({"url": service.url + "/slow?4"}).encode()
        client.send(wire.message(wire.CUSTOM_REQUEST, 9, custom={"route": "ask", "body": body}))
        self.node.await_metric("hpush_http_open_requests", 1)
        started = time.monotonic()
        self.assertEqual(self.node.stop(), 0)
        self.assertLess(time.monotonic() - started, 3)


if __name__ == "__main__":
    unittest.main()
