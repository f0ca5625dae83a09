"""The web chat page in Chromium. With HPUSH_SCREENSHOTS=FOLDER it leaves pictures of what it saw there."""

import functools
import http.client
import http.server
import json
import os
import pathlib
import shutil
import tempfile
import threading
import unittest

import wire
from browser import BINARY, Browser
from case import NodeTest
from node import Node, ROOT, merged
from websocket import WebSocketClient

CONFIG = {
    "websocket": {"enabled": True, "host": "127.0.0.1", "port": 0}, "gate": {"enabled": True, "host": "127.0.0.1", "port": 0},
    "chat": {"drain_seconds": 0}}
PIPELINE = [{"login": {"mode": "open"}}, "chat_redirect", {"notification": {"presence": "all"}}]
# A group of two, as a plugin of a company might have it.
GROUP = """
local M = { api = 1, version = "1", needs = { "sessions" }, inbound = {} }
function M.inbound.message_request(ctx, msg)
  if msg.group ~= "crew" then return end
  for _, member in ipairs { "greta", "heidi" } do
    for _, session in ipairs(hpush.sessions.of_user(member)) do
      if session ~= ctx.session then session:send(msg) end
    end
  end
  return hpush.stop
end
return M
"""
PICTURES = os.environ.get("HPUSH_SCREENSHOTS")


class FilesTest(NodeTest):
    config = CONFIG
    pipeline = PIPELINE

    def fetch(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.node.ports["gate"], timeout=10)
        self.addCleanup(connection.close)
        connection.request(method, path)
        answer = connection.getresponse()
        return answer, answer.read()

    def test_files_and_what_a_browser_may_do_with_them(self):
        for path, kind, file in (("/", "text/html", "index.html"), ("/hpush.js", "text/javascript", "hpush.js"),
                                 ("/chat.css", "text/css", "chat.css"), ("/icon.svg", "image/svg+xml", "icon.svg")):
            answer, body = self.fetch(path)
            self.assertEqual((answer.status, body), (200, (ROOT / "web" / file).read_bytes()), path)
            self.assertTrue(answer.headers["Content-Type"].startswith(kind))
            policy = answer.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", policy)
            self.assertIn(f"connect-src 'self' ws://127.0.0.1:{self.node.ports['websocket']} ", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        html = (ROOT / "web/index.html").read_text()
        self.assertNotRegex(html, r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=")

    def test_nothing_else(self):
        for path in ("/nothing", "/../config/demo.yaml", "/%2e%2e/config/demo.yaml", "/web/", "/.git"):
            self.assertEqual(self.fetch(path)[0].status, 404, path)
        self.assertEqual(self.fetch("/", "POST")[0].status, 405)
        self.assertEqual(json.loads(self.fetch("/web.json")[1]), {"passwords": False, "websocketPath": "/ws"})

    def test_the_gate_names_the_port(self):
        node = json.loads(self.fetch("/user/getImNode")[1])["imNode"]
        self.assertEqual(node["websocketPort"], self.node.ports["websocket"])


@unittest.skipUnless(BINARY, "chromium is not here")
class PageTest(unittest.TestCase):
    config = CONFIG
    pipeline = PIPELINE
    plugins = None

    @classmethod
    def setUpClass(cls):
        cls.node = Node(cls.config, cls.pipeline, cls.plugins)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.node.ports['gate']}/"

    def page(self, user=None, password=None, **size):
        page = self.browser.page(self.url, **size)
        self.addCleanup(page.close)
        if user:
            self.sign_in(page, user, password)
        return page

    def sign_in(self, page, user, password=None):
        page.wait("document.activeElement?.id === 'user'")
        page.type("#user", user)
        if password:
            page.type("#password", password)
        page.press()
        self.online(page)

    def online(self, page, timeout=30):
        page.wait("document.querySelector('#state').dataset.online === 'yes' && document.body.dataset.screen === 'chat'", timeout)

    def start(self, page, name, kind="u"):
        page.click("[data-do=new]")
        page.click(f"[name=kind][value={kind}]")
        page.type("#new-name", name)
        page.press()
        page.wait(f"document.querySelector('#peer-name').textContent === {json.dumps(name)}")

    def write(self, page, text):
        page.type("#text", text)
        page.click(".send")

    def bubble(self, page, text, more="", timeout=20):
        page.wait(f"[...document.querySelectorAll('.message{more} .bubble')].some(e => e.textContent === {json.dumps(text)})", timeout)

    def badge(self, page, name):
        return page.look(f"document.querySelector('[data-key={json.dumps(name)}] .badge')?.textContent")

    def picture(self, page, name):
        if PICTURES:
            page.screenshot(pathlib.Path(PICTURES) / f"{name}.png")


class ChatTest(PageTest):
    plugins = {"crew": GROUP}
    pipeline = [{"login": {"mode": "open"}}, "crew", *PIPELINE[1:]]

    def test_two_people(self):
        alice, bob = self.page("alice"), self.page("bob")
        self.start(alice, "bob")
        # Bob came after her.
        alice.wait("document.querySelector('#peer-state').dataset.online === 'yes'")
        self.write(alice, "你好，Bob！ 👋🏽")
        self.bubble(alice, "你好，Bob！ 👋🏽", ".own[data-status=sent]")
        bob.wait("document.title === '(1) HPush'")
        self.assertEqual(self.badge(bob, "u:alice"), "1")
        bob.click("[data-key='u:alice']")
        self.bubble(bob, "你好，Bob！ 👋🏽")
        bob.wait("document.title === 'HPush'")
        self.write(bob, "hello <b>& goodbye</b> https://example.org/a?b=c.")
        self.bubble(alice, "hello <b>& goodbye</b> https://example.org/a?b=c.")
        self.assertEqual(alice.look("document.querySelector('.bubble a').href"), "https://example.org/a?b=c")
        self.write(bob, "🎉")
        self.bubble(alice, "🎉", ".emoji")
        self.picture(alice, "desktop")
        bob.click("[data-do=logout]")
        alice.wait("document.querySelector('#peer-state').dataset.online === 'no'")
        self.write(alice, "are you there?")
        self.bubble(alice, "are you there?", "[data-status=failed]")
        self.assertEqual(alice.complaints + bob.complaints, [])

    def test_a_reload_keeps_session_and_conversation(self):
        page = self.page("rita")
        with WebSocketClient(self.node.ports["websocket"]) as other:
            other.login("otto")
            self.start(page, "otto")
            self.write(page, "before")
            self.assertEqual(other.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "before")
            self.bubble(page, "before", "[data-status=sent]")
            page.reload()
            self.online(page)
            self.bubble(page, "before", "[data-status=sent]")
            other.send(wire.chat("rita", "after"))
            self.bubble(page, "after")

    def test_two_windows_of_one_user(self):
        one, two = self.page("double"), self.page("double")
        with WebSocketClient(self.node.ports["websocket"]) as other:
            other.login("single")
            other.send(wire.chat("double", "to both"))
            for page in (one, two):
                page.wait("document.querySelector('[data-key=\"u:single\"] .badge')?.textContent === '1'")

    def test_a_group_that_is_not_there(self):
        page = self.page("gina")
        self.start(page, "team", "g")
        self.write(page, "hello all")
        self.bubble(page, "hello all", "[data-status=failed]")
        page.wait("document.querySelector('.retry').textContent.startsWith('There is no such user or group')")

    def test_a_group(self):
        greta, heidi = self.page("greta"), self.page("heidi")
        self.start(greta, "crew", "g")
        self.write(greta, "大家好")
        self.bubble(greta, "大家好", "[data-status=sent]")
        heidi.wait("!!document.querySelector('[data-key=\"g:crew\"]')")
        self.assertEqual(self.badge(heidi, "g:crew"), "1")
        heidi.click("[data-key='g:crew']")
        self.bubble(heidi, "大家好")
        self.assertEqual(heidi.look("document.querySelector('.message .from').textContent"), "greta")
        self.write(heidi, "hi greta")
        self.bubble(greta, "hi greta")
        self.picture(heidi, "group")
        # A private message is another conversation.
        self.start(heidi, "greta")
        self.write(heidi, "just you")
        greta.wait("!!document.querySelector('[data-key=\"u:heidi\"]')")

    def test_presence_and_people_to_choose(self):
        page = self.page("paula")
        with WebSocketClient(self.node.ports["websocket"]) as other:
            other.login("quentin")
            page.click("[data-do=new]")
            page.wait("[...document.querySelectorAll('#online button')].some(e => e.textContent === 'quentin')")
            page.look("[...document.querySelectorAll('#online button')].find(e => e.textContent === 'quentin').click()")
            page.wait("document.querySelector('#peer-state').dataset.online === 'yes'")
        page.wait("document.querySelector('#peer-state').dataset.online === 'no'")


class LookTest(PageTest):
    def test_phone_chinese_dark(self):
        page = self.page(width=390, height=780, mobile=True, scale=2)
        page.wait("document.querySelector('#login-button').textContent === 'Sign in'")
        self.picture(page, "phone-login")
        page.click("form [data-do=language]")
        self.assertEqual(page.look("document.querySelector('#login-button').textContent"), "登录")
        self.sign_in(page, "小明")
        others = []
        for name, text in (("小红", "晚上一起吃饭吗？🍜"), ("bob", "Did you see the match?"), ("团队", "会议改到三点")):
            other = WebSocketClient(self.node.ports["websocket"])
            self.addCleanup(other.close)
            other.login(name)
            other.send(wire.chat("小明", text))
            others.append(other)
        page.wait("document.querySelectorAll('#list li').length === 3")
        self.assertIsNone(page.look("document.querySelector('.conversation').offsetParent"))
        self.picture(page, "phone-list")
        page.click("[data-key='u:小红']")
        self.bubble(page, "晚上一起吃饭吗？🍜")
        self.assertIsNone(page.look("document.querySelector('.sidebar').offsetParent"))
        self.write(page, "好啊，七点在老地方见！")
        self.bubble(page, "好啊，七点在老地方见！", "[data-status=sent]")
        others[0].send(wire.chat("小明", "没问题，我先去占个位置。如果你到得早，帮我点一份牛肉面，少辣，多加香菜，谢谢！"))
        others[0].send(wire.chat("小明", "👍"))
        self.bubble(page, "👍")
        self.assertLessEqual(page.look("document.documentElement.scrollWidth"), 390)
        self.picture(page, "phone-chat")
        page.look("document.querySelector('[data-do=theme]').click()")
        self.picture(page, "phone-chat-dark")
        page.click("[data-do=back]")
        page.wait("document.querySelector('.sidebar').offsetParent !== null")
        self.picture(page, "phone-list-dark")
        page.resize(width=1000, height=600)
        page.click("[data-key='u:bob']")
        self.picture(page, "desktop-dark")
        page.click("[data-do=theme]")
        page.click("[data-do=language]")
        page.click("[data-key='u:小红']")
        self.bubble(page, "👍")
        self.assertEqual(page.look("document.querySelector('#peer-state').textContent"), "Online")
        self.picture(page, "desktop-light")
        self.assertEqual(page.complaints, [])

    def test_chinese_by_the_browser(self):
        browser = Browser("zh-CN")
        self.addCleanup(browser.close)
        page = browser.page(self.url)
        page.wait("document.querySelector('#login-button').textContent === '登录'")
        self.assertEqual(page.look("document.documentElement.lang"), "zh-CN")


class ServerGoesTest(PageTest):
    def test_lose_and_regain_the_server(self):
        ports = self.node.ports
        page = self.page("loyal")
        self.start(page, "friend")
        self.node.kill()
        page.wait("document.querySelector('#state').dataset.online === 'no'")
        self.write(page, "while it was away")
        self.node.start(*(f"--set={section}.port={ports[name]}" for section, name in (("gate", "gate"), ("websocket", "websocket"))))
        friend = WebSocketClient(self.node.ports["websocket"])
        self.addCleanup(friend.close)
        friend.login("friend")
        self.online(page, 60)
        self.assertEqual(friend.receive_until(wire.MESSAGE_REQUEST, 10)["messageRequest"]["content"], "while it was away")
        self.bubble(page, "while it was away", "[data-status=sent]")


class PasswordTest(PageTest):
    pipeline = [{"login": {"mode": "password"}}, "chat_redirect"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from node import run_command
        done = run_command("user", "add", "amy", "--password", "right horse", "--config", cls.node.file)
        assert done.returncode == 0, done.stderr

    def test_wrong_then_right(self):
        page = self.page()
        page.wait("document.activeElement?.id === 'user'")
        page.type("#user", "amy")
        page.type("#password", "wrong")
        page.press()
        page.wait("document.querySelector('#login-error').textContent === 'Wrong name or password'")
        page.type("#password", "right horse")
        page.press()
        self.online(page)
        self.assertNotIn("right horse", page.look("JSON.stringify([{...localStorage}, {...sessionStorage}])"))
        page.reload()
        self.online(page)


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class ElsewhereTest(PageTest):
    """A page that does not come from the gate: of an origin that may ask, and of one that may not."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="hpush-site-")
        cls.addClassCleanup(shutil.rmtree, folder)
        pathlib.Path(folder, "index.html").write_text("<!doctype html><title>A company's own page</title>")
        shutil.copy(ROOT / "web/hpush.js", folder)
        cls.site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietFiles, directory=folder))
        threading.Thread(target=cls.site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        cls.addClassCleanup(cls.site.server_close)
        cls.addClassCleanup(cls.site.shutdown)
        origins = {"origins": [cls.origin("127.0.0.1")]}
        cls.config = merged(CONFIG, {"gate": origins, "websocket": origins})
        super().setUpClass()

    @classmethod
    def origin(cls, host):
        return f"http://{host}:{cls.site.server_address[1]}"

    def visit(self, host):
        page = self.browser.page(self.origin(host) + "/")
        self.addCleanup(page.close)
        return page

    def test_a_page_that_may_chats_by_the_gate(self):
        page = self.visit("127.0.0.1")
        # The module, too, is the gate's.
        started = """(async () => {
          const { HPush } = await import(%s + "hpush.js");
          window.got = [];
          window.chat = new HPush({ user: "ella", password: "any", gate: %s });
          chat.addEventListener("message", ({ detail }) => got.push(detail.content));
          await chat.connect();
          return chat.state;
        })()""" % (json.dumps(self.url), json.dumps(self.url.rstrip("/")))
        self.assertEqual(page.look(started), "online")
        with WebSocketClient(self.node.ports["websocket"]) as other:
            other.login("fred")
            page.look("chat.send({ to: 'fred', content: 'from elsewhere' }).then(() => true)")
            self.assertEqual(other.receive_until(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "from elsewhere")
            other.send(wire.chat("ella", "and back"))
            page.wait("got.includes('and back')")

    def test_a_page_that_may_not_learns_nothing(self):
        page = self.visit("localhost")
        for request in ("{}", "{ method: 'POST', body: '{\"user\":\"eve\"}', headers: { 'Content-Type': 'application/json' } }"):
            path = "v1/login" if "POST" in request else "v1/nodes"
            asked = f"fetch({json.dumps(self.url + path)}, {request}).then(() => 'read', (error) => error.name)"
            self.assertEqual(page.look(asked), "TypeError")
