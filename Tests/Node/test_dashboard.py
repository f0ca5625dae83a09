"""The dashboard in Chromium, and what it is told. With HPUSH_SCREENSHOTS=FOLDER it leaves pictures of what it saw there."""

import http.client
import json
import os
import pathlib
import time
import unittest

import wire
from browser import BINARY, Browser
from case import NodeTest
from cluster import Cluster, eventually
from crowd import Crowd
from node import Node, ROOT

PICTURES = os.environ.get("HPUSH_SCREENSHOTS")
PIPELINE = [{"rate_limit": {"messages_per_second": 60}}, {"login": {"mode": "open"}}, "grumpy", "inbox", "chat_redirect"]
GRUMPY = """
local M = { api = 1, version = "1.2.0", inbound = {} }
function M.inbound.message_request(ctx, msg)
  if msg.content == "boom" then
    local nothing
    return nothing.field
  end
end
return M
"""
BROKEN = GRUMPY.replace("local nothing", "local nothing =")


class DataTest(NodeTest):
    """GET /v1/dashboard."""

    pipeline = [{"login": {"mode": "open"}}, "grumpy", "chat_redirect"]
    plugins = {"grumpy": GRUMPY}

    def ask(self, after=0):
        status, answer = self.node.json(f"/v1/dashboard?after={after}")
        self.assertEqual(status, 200)
        return answer

    def points(self, condition, what):
        return eventually(lambda: next((point for point in self.ask()["points"] if condition(point)), None), what)

    def test_rates_outcomes_and_errors(self):
        client = self.client("rated")
        for _ in range(20):
            client.ask(wire.chat("rated", "me"), wire.MESSAGE_REQUEST)
        client.send(wire.chat("rated", "boom"))
        client.receive_until(wire.MESSAGE_RESPONSE)
        self.points(lambda point: point["messages_received"] > 0, "messages in a point")
        self.points(lambda point: point["plugin_failures"] > 0, "a failure in a point")
        answer = self.ask()
        outcomes = {(outcome["kind"], outcome["name"]): outcome for outcome in answer["outcomes"]}
        self.assertGreaterEqual(outcomes["message", "received"]["total"], 21)
        self.assertGreaterEqual(outcomes["message", "code_3"]["recent"], 1)
        self.assertGreaterEqual(outcomes["login", "accepted"]["total"], 1)
        error = answer["errors"][0]
        self.assertEqual((error["plugin"], error["handler"], error["kind"]), ("grumpy", "inbound.message_request", "error"))
        self.assertEqual((pathlib.Path(error["file"]).name, error["line"]), ("grumpy.lua", 6))
        self.assertIn("nil value", error["reason"])
        self.assertEqual([plugin["name"] for plugin in answer["plugins"]["plugins"]], ["login", "grumpy", "chat_redirect"])
        last = answer["points"][-1]["number"]
        self.assertTrue(all(point["number"] > last for point in self.ask(last)["points"]))

    def test_changes_of_rules(self):
        before = self.ask()["generations"][0]["number"]
        self.assertEqual(self.node.http("/v1/plugins/reload", "POST")[0], 200)
        answer = self.ask()
        self.assertEqual([one["number"] for one in answer["generations"]][:2], [before + 1, before])
        change = answer["changes"][0]
        self.assertEqual((change["by"], change["result"], change["generation"]), ("admin", "switched", before + 1))


class FilesTest(NodeTest):
    def test_files_and_what_a_browser_may_do_with_them(self):
        folder = ROOT / "web/dashboard"
        for path in ("/", *(f"/dashboard/{file.name}" for file in folder.iterdir())):
            connection = http.client.HTTPConnection("127.0.0.1", self.node.ports["admin"], timeout=10)
            self.addCleanup(connection.close)
            connection.request("GET", path)
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (200, (folder / (path.split("/")[-1] or "index.html")).read_bytes()), path)
            self.assertIn("default-src 'none'; script-src 'self';", answer.headers["Content-Security-Policy"])
        html = (folder / "index.html").read_text()
        self.assertNotRegex(html, r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=")
        for file in folder.iterdir():
            self.assertNotRegex(file.read_text(), r"innerHTML|insertAdjacent|document\.write|eval\(|https?://(?!www\.w3\.org)")


@unittest.skipUnless(BINARY, "chromium is not here")
class PageTest(unittest.TestCase):
    config = {"chat": {"drain_seconds": 0, "threads": 2}, "websocket": {"enabled": True, "host": "127.0.0.1", "port": 0}}
    pipeline = PIPELINE
    plugins = {"grumpy": GRUMPY}

    @classmethod
    def setUpClass(cls):
        cls.node = Node(cls.config, cls.pipeline, cls.plugins)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def page(self, ready=True, node=None, **size):
        page = self.browser.page(f"http://127.0.0.1:{(node or self.node).ports['admin']}/", **size)
        self.addCleanup(page.close)
        if ready:
            page.wait("document.body.dataset.screen === 'app' && document.querySelector('#live').textContent === 'live'")
        return page

    def picture(self, page, name):
        if PICTURES:
            page.screenshot(pathlib.Path(PICTURES) / f"{name}.png")

    def confirm(self, page, button):
        page.click(f"#{button}")
        page.wait("document.querySelector('#confirm').open")
        page.click("#confirm-yes")

    def write_plugin(self, text):
        (self.node.folder / "plugins/grumpy.lua").write_text(text)


class LoadTest(PageTest):
    config = {**PageTest.config, "node": {"name": "chat-1"}}

    def test_live_figures_under_load_and_how_they_look(self):
        load = Crowd(self.node)
        self.addCleanup(load.end)
        page = self.page(width=1440, height=1130)
        page.wait("parseFloat(document.querySelector('#tile-received strong').textContent.replace(',', '')) > 50")
        page.wait("document.querySelector('#tile-sessions strong').textContent === '24'")
        page.wait("document.querySelector('#tile-received .line').getAttribute('d')?.split('L').length > 3")
        self.assertEqual(page.look("[...document.querySelectorAll('#pipeline .plugin b')].map(e => e.textContent).join()"),
                         "rate_limit,login,grumpy,inbox,chat_redirect")
        page.wait("parseFloat(document.querySelectorAll('#pipeline .plugin')[4].children[3].textContent.replace(',', '')) > 10")
        page.wait("document.querySelector('#errors .place')?.textContent.endsWith('grumpy.lua:6')", 40)
        page.wait("[...document.querySelectorAll('#outcomes .odd span')].some(e => e.textContent === 'unknown error')")
        # Handlers open and stay open over the next answers.
        page.click("#pipeline .open[aria-controls=handlers-inbox]")
        page.wait("!!document.querySelector('#handlers-inbox').offsetParent && !!document.querySelector('#handlers-inbox .handler')")
        seen = page.look("document.querySelector('#tile-received .line').getAttribute('d')")
        page.wait(f"document.querySelector('#tile-received .line').getAttribute('d') !== {json.dumps(seen)}")
        self.assertTrue(page.look("!!document.querySelector('#handlers-inbox').offsetParent"))
        # Rules change under load.
        self.confirm(page, "reload")
        page.wait("document.querySelector('#rules-answer').textContent.includes('Generation 2 is in force')")
        page.wait("document.querySelector('#changes li b').textContent === 'generation 2'")
        page.click("#rules-answer .close")
        if PICTURES:
            time.sleep(60)
        page.click("#pipeline .open[aria-controls=handlers-inbox]")
        self.assertEqual(page.look("document.documentElement.dataset.theme"), "light")
        self.picture(page, "dashboard-light")
        page.click("#theme")
        self.assertEqual(page.look("document.documentElement.dataset.theme"), "dark")
        self.picture(page, "dashboard-dark")
        page.resize(width=390, height=844, mobile=True, scale=2)
        self.assertLessEqual(page.look("document.documentElement.scrollWidth"), 390)
        self.picture(page, "dashboard-phone-dark")
        page.click("#theme")
        for number, selector in enumerate(("#tiles", "#pipeline-card", "#errors", "#outcomes", "#cluster")):
            page.look(f"scrollTo(0, document.querySelector('{selector}').getBoundingClientRect().top + scrollY - 80)")
            self.picture(page, f"dashboard-phone-{number}")
        self.assertEqual(page.complaints, [])


class RulesTest(PageTest):
    def test_reload_rollback_and_a_broken_plugin(self):
        page = self.page(width=1280, height=900)
        self.assertTrue(page.look("document.querySelector('#rollback').disabled"))
        self.confirm(page, "reload")
        page.wait("document.querySelector('#rules-answer').textContent.includes('Generation 2 is in force')")
        page.wait("document.querySelector('#generations .current b').textContent === '2'")
        # Not confirmed: nothing happens.
        page.click("#reload")
        page.wait("document.querySelector('#confirm').open")
        page.press("Escape")
        page.look("document.querySelector('#confirm').close('no')")
        self.write_plugin(BROKEN)
        page.wait("document.querySelector('#rules-about').textContent.startsWith('files differ')")
        self.confirm(page, "reload")
        page.wait("document.querySelector('#rules-answer').dataset.tone === 'bad'")
        said = page.look("document.querySelector('#rules-answer').innerText")
        self.assertIn("Nothing was changed: generation 2 goes on.", said)
        self.assertIn("plugin grumpy", said)
        self.assertRegex(said, r"/plugins/grumpy\.lua:6")
        page.wait("document.querySelector('#changes li[data-tone=bad] .place').textContent.endsWith('grumpy.lua:6')")
        self.picture(page, "dashboard-broken")
        self.write_plugin(GRUMPY)
        self.confirm(page, "rollback")
        page.wait("document.querySelector('#rules-answer').textContent.includes('Generation 3 is in force')")
        page.wait("document.querySelector('#generations .current span').textContent === 'in force, rules of 1'")
        self.assertEqual(self.node.json("/v1/status")[1]["generation"], 3)

    def test_by_keyboard(self):
        page = self.page()
        page.look("document.querySelector('#reload').focus()")
        page.press()
        page.wait("document.querySelector('#confirm').open && document.activeElement.textContent === 'Cancel'")
        page.press()
        page.wait("!document.querySelector('#confirm').open && document.activeElement.id === 'reload'")
        self.assertEqual(page.look("[...document.querySelectorAll('button')].filter(e => !e.textContent.trim()).length"), 0)

    def test_pause(self):
        page = self.page()
        page.click("#pause")
        page.wait("document.querySelector('#live').textContent === 'paused'")
        page.click("#pause")
        page.wait("document.querySelector('#live').textContent === 'live'")


class TokenTest(PageTest):
    config = {"admin": {"token": "a-long-secret"}, "chat": {"drain_seconds": 0}}

    def test_the_token_is_asked_for_once(self):
        page = self.page(ready=False)
        page.wait("document.body.dataset.screen === 'sign-in' && document.activeElement.id === 'token'")
        self.assertNotIn("rate_limit", page.look("document.documentElement.outerHTML"))
        page.type("#token", "wrong")
        page.press()
        page.wait("document.querySelector('#token-error').textContent === 'The node does not take this token.'")
        self.picture(page, "dashboard-token")
        page.type("#token", "a-long-secret")
        page.press()
        page.wait("document.body.dataset.screen === 'app' && document.querySelector('#name').textContent === 'test'")
        page.reload()
        page.wait("document.body.dataset.screen === 'app'")
        self.assertEqual(page.look("localStorage.length"), 0)


class NodeGoesTest(PageTest):
    def test_lose_and_regain_the_node(self):
        page = self.page()
        self.node.kill()
        page.wait("document.querySelector('#live').textContent === 'no answer from the node'")
        self.node.start(f"--set=admin.port={self.node.ports['admin']}")
        page.wait("document.querySelector('#live').textContent === 'live' && !document.body.hasAttribute('data-stale')")
        page.wait("document.querySelector('#tile-sessions strong').textContent === '0'")


class DarkTest(PageTest):
    def test_as_the_system_says(self):
        page = self.page()
        page.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        page.wait("document.documentElement.dataset.theme === 'dark'")
        page.click("#theme")
        self.assertEqual(page.look("document.documentElement.dataset.theme"), "light")
        page.reload()
        page.wait("document.documentElement.dataset.theme === 'light'")


@unittest.skipUnless(BINARY, "chromium is not here")
class ClusterTest(PageTest):
    @classmethod
    def setUpClass(cls):
        # Long enough for the page to see a dead node before the others forget it.
        cls.cluster = Cluster(session_timeout_ms=8000)
        cls.addClassCleanup(cls.cluster.remove)
        for _ in range(3):
            cls.cluster.add()
        cls.node = cls.cluster.nodes[0]
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def test_the_map(self):
        for number in range(7):
            self.addCleanup(self.cluster.nodes[number % 3].client(f"user{number}").close)
        page = self.page(width=1440, height=1130)
        page.wait("document.querySelectorAll('#cluster .map .node').length === 3")
        page.wait("document.querySelectorAll('#cluster .map .link[data-tone=good]').length === 2")
        page.wait("[...document.querySelectorAll('#cluster .services .chip')].map(e => e.dataset.tone).join() === 'good,good'")
        page.wait("document.querySelector('#cluster-about').textContent === '3 nodes · 7 sessions'")
        self.cluster.nodes[2].kill()
        page.wait("!!document.querySelector('#cluster .map .node[data-tone=bad]')", 20)
        page.look("scrollTo(0, document.body.scrollHeight)")
        self.picture(page, "dashboard-cluster")
        page.wait("document.querySelectorAll('#cluster .map .node').length === 2", 40)


if __name__ == "__main__":
    unittest.main()
