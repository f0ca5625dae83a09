"""A plugin that misbehaves in the middle of a node: its message fails, everybody else goes on."""

import pathlib
import shutil
import tempfile
import threading
import time

import wire
from case import NodeTest
from node import ROOT, Node

# What one message makes the plugin do. Tests/PluginHostTests/Attacks has some two hundred more, without a node around them.
ATTACKS = {
    "loop": "while true do end",
    "pcall": "while true do pcall(function() while true do end end) end",
    "coroutine": "coroutine.wrap(function() while true do end end)()",
    "close": "local t <close> = setmetatable({}, { __close = function() while true do end end }) error('x')",
    "sort": "local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function() while true do end end)",
    "rep": "return ('x'):rep(1e10)",
    "memory": "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
    "pattern": "return (('a'):rep(100000)):find('.-.-.-.-b')",
    "recursion": "local function f() return 1 + f() end return f()",
    "nested": "local function f() pcall(f) pcall(f) end f()",
    "object": "error({})",
    "nothing": "error()",
}
PLUGIN = "local attacks = {\n%s\n}\n" % "\n".join(f"  {name} = function() {code} end," for name, code in ATTACKS.items()) + """
local M = { api = 1, inbound = {} }
function M.inbound.message_request(ctx, msg)
  local attack = attacks[msg.content]
  if attack then attack() end
end
return M
"""


class Attacks(NodeTest):
    config = {"chat": {"threads": 1}}

    @classmethod
    def setUpClass(cls):
        cls.plugins = pathlib.Path(tempfile.mkdtemp(prefix="hpush-attacks-"))
        cls.addClassCleanup(shutil.rmtree, cls.plugins, True)
        for name in ("login", "chat_redirect"):
            shutil.copytree(ROOT / "plugins" / name, cls.plugins / name)
        (cls.plugins / "attack.lua").write_text(PLUGIN)
        cls.node = Node(cls.config, [{"login": {"mode": "open"}}, "attack", "chat_redirect"], plugins=cls.plugins)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()

    def test_each_attack_fails_its_message_and_nothing_else(self):
        friend, other = self.client("friend"), self.client("other")
        before = self.node.resident_bytes()
        for number, name in enumerate(ATTACKS, 1):
            with self.subTest(attack=name):
                # A new one each time: whose messages fail again and again is throttled.
                attacker = self.client(f"attacker{number}")
                beats, done = [], threading.Event()
                pulse = threading.Thread(target=self.beat, args=(other, beats, done))
                pulse.start()
                started = time.monotonic()
                answer = attacker.ask(wire.chat("friend", name, sequence=number, msg_id=number), wire.MESSAGE_RESPONSE)
                spent = time.monotonic() - started
                done.set()
                pulse.join()
                self.assertEqual((answer["sequence"], answer["messageResponse"]["msg_id"]), (number, number))
                self.assertFalse(answer["messageResponse"].get("result"))
                self.assertLess(spent, 2, "seconds until the failure was told")
                self.assertLess(max(beats), 1, "seconds of the slowest heartbeat of another client")
                attacker.send(wire.chat("friend", f"after {name}"))
                self.assertEqual(friend.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], f"after {name}")
        self.assertLess(self.node.resident_bytes() - before, 96 << 20, "bytes the node kept")

    @staticmethod
    def beat(client, beats, done):
        while True:
            beats.append(client.beat())
            if done.is_set():
                return
            time.sleep(0.01)
