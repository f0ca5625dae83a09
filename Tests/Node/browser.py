"""Debian's Chromium without a screen, driven by its DevTools protocol."""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

BINARY = shutil.which("chromium")


class Browser:
    """One browser process with a profile of its own, which goes with it."""

    def __init__(self, language="en"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hpush-browser-"))
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [
                BINARY, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
                f"--accept-lang={language}", f"--lang={language}", f"--user-data-dir={self.folder / 'profile'}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        file = self.folder / "profile/DevToolsActivePort"
        deadline = time.monotonic() + 60
        while not (file.exists() and file.read_text().strip()):
            assert time.monotonic() < deadline and self.process.poll() is None, (self.folder / "log").read_text(errors="replace")
            time.sleep(0.05)
        self.port = int(file.read_text().split()[0])

    def page(self, url, **size):
        """A page in a window of its own storage for the session; cookies and local storage are the browser's."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=30) as answer:
            made = json.load(answer)
        page = Page(self.port, "/" + made["webSocketDebuggerUrl"].split("/", 3)[3])
        page.command("Emulation.setFocusEmulationEnabled", enabled=True)
        if size:
            page.resize(**size)
        page.go(url)
        return page

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Page:
    def __init__(self, port, path):
        self.client = websocket.WebSocketClient(port, shake=False)
        status, head = self.client.ask_upgrade(websocket.request(port, path))
        assert status == 101, head
        self.number = 0
        # What the page wrote to its console, and errors nobody caught.
        self.complaints = []
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method, timeout=30, /, **parameters):
        self.number += 1
        text = json.dumps({"id": self.number, "method": method, "params": parameters}).encode()
        self.client.send_raw(websocket.frame(websocket.TEXT, text))
        while True:
            answer = self.receive(timeout)
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def receive(self, timeout):
        _, payload = self.client.receive_raw(timeout)
        event = json.loads(payload)
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["params"]["exceptionDetails"].get("exception", {}).get("description")))
        elif event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.complaints.append(event["params"]["entry"]["text"])
        return event

    def go(self, url):
        self.command("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def reload(self):
        self.command("Page.reload")
        time.sleep(0.3)
        self.wait("document.readyState === 'complete'")

    def resize(self, width=1100, height=720, mobile=False, scale=1):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile)
        self.command("Emulation.setTouchEmulationEnabled", enabled=mobile)

    def look(self, expression):
        """The value of an expression; promises are waited for."""
        result = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression, timeout=20):
        """Waits until it is true, and gives its value."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                if value := self.look(expression):
                    return value
            except AssertionError:
                # The page is changing.
                if time.monotonic() > deadline:
                    raise
            assert time.monotonic() < deadline, f"{expression} is not so after {timeout} s; the page says: {self.text()}; {self.complaints}"
            time.sleep(0.05)

    def text(self):
        return self.look("document.body.innerText")

    def type(self, selector, text):
        """Writes into a field, as an input method does."""
        self.look(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=text)

    def press(self, key="Enter"):
        for kind in ("keyDown", "keyUp"):
            text = "\r" if kind == "keyDown" else ""
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=13, text=text)

    def click(self, selector):
        self.look(f"document.querySelector({json.dumps(selector)}).click()")

    def screenshot(self, file):
        picture = self.command("Page.captureScreenshot", format="png")
        pathlib.Path(file).write_bytes(base64.b64decode(picture["data"]))

    def close(self):
        self.client.close()
