"""Rules that change while the node serves: switch, rollback, what goes over and what ends, triggers, configuration."""

import json
import os
import signal
import threading
import time
import unittest

import wire
from client import Client
from node import run_command
from rules import KEEPING, RulesNode, answering, probe


class ReloadTest(unittest.TestCase):
    longMessage = True

    def node(self, plugins=None, config=None, start=True):
        node = RulesNode({"rules": answering("one")} if plugins is None else plugins, config)
        self.addCleanup(node.remove)
        return node.start() if start else node

    def client(self, node, uid):
        client = node.client(uid)
        self.addCleanup(client.close)
        return client

    def until(self, condition, what, timeout=10):
        deadline = time.monotonic() + timeout
        while not (found := condition()):
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)
        return found


class Switch(ReloadTest):
    def test_sessions_stay_and_the_new_rules_answer(self):
        node = self.node()
        client = self.client(node, "amy")
        self.assertEqual(probe(client), {"name": "one", "generation": 1, "count": 1})
        node.write("rules", answering("two"))
        self.assertEqual(node.reload_well(), 2)
        self.assertEqual(probe(client), {"name": "two", "generation": 2, "count": 1})
        self.assertEqual(node.json("/v1/status")[1]["generation"], 2)
        self.assertEqual(node.metric("hpush_plugin_generation"), 2)
        self.assertEqual(node.stop(), 0)

    def test_a_reload_without_changes_is_a_new_generation(self):
        node = self.node()
        self.assertEqual([node.reload_well() for _ in range(3)], [2, 3, 4])

    def test_save_and_restore_hand_a_loops_state_over(self):
        node = self.node({"rules": answering("one", KEEPING)}, {"chat": {"threads": 2}})
        clients = [self.client(node, f"u{n}") for n in range(6)]
        first, second = [[probe(client)["count"] for client in clients] for _ in range(2)]
        self.assertEqual(node.reload_well(), 2)
        third = [probe(client) for client in clients]
        self.assertEqual({answer["generation"] for answer in third}, {2})
        # A loop's count grows by the number of its clients in each round, also across the switch.
        self.assertEqual([c["count"] - b for b, c in zip(second, third)], [b - a for a, b in zip(first, second)])

    def test_restore_gets_the_old_version_and_a_plugin_without_it_starts_afresh(self):
        node = self.node({"rules": answering("one", KEEPING), "other": "return { api = 1 }"})
        client = self.client(node, "amy")
        probe(client)
        node.write("rules", answering("two", "restore = function(old, version) count = version .. '+' .. old.count end,").replace(
            "count = count + 1", ""))
        node.reload_well()
        self.assertEqual(probe(client)["count"], "1+1")
        node.write("rules", answering("three", "save = function() return 1 end"))
        node.reload_well()
        self.assertEqual(probe(client)["count"], 1)

    def test_the_settings_of_the_file_are_taken_over_and_other_keys_are_named(self):
        node = self.node({"rules": answering("one").replace("api = 1,", "api = 1, config = { greeting = { type = 'string' } },").replace(
            'name = "one"', "name = ctx.config.greeting")}, start=False)
        node.pipeline({"rules": {"greeting": "hello"}})
        node.start()
        client = self.client(node, "amy")
        self.assertEqual(probe(client)["name"], "hello")
        node.pipeline({"rules": {"greeting": "good day"}})
        node.configure(chat={"max_connections": 77}, log={"level": "debug"})
        done = node.reload()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("needs a restart: chat.max_connections, log.level", done.stdout)
        self.assertEqual(probe(client)["name"], "good day")

    def test_limits_and_the_plugins_folder_are_taken_over(self):
        node = self.node({"rules": """
            return { api = 1, inbound = { message_request = function(ctx, msg)
              hpush.sleep(1)
              ctx.session:notify { text = "awake" }
              return hpush.stop
            end } }"""})
        client = self.client(node, "amy")
        node.configure(plugins={"limits": {"wait_ms": 50}})
        node.reload_well()
        client.send(wire.chat("x", "?"))
        self.assertEqual(client.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["code"], wire.UNKNOWN_ERROR)
        os.rename(node.plugins, node.folder / "moved")
        node.plugins = node.folder / "moved"
        node.write("rules", answering("moved"))
        node.configure(plugins={"path": str(node.plugins)})
        node.reload_well()
        self.assertEqual(probe(client)["name"], "moved")

    def test_the_login_mode_follows_the_generation(self):
        node = self.node({"rules": """
            return { api = 1, needs = { "store" },
              routes = { known = function(ctx, body) return hpush.store.user(body) and "yes" or "no" end } }
            """}, {"store": {"driver": "memory"}})
        client = self.client(node, "amy")

        def known():
            client.send(wire.message(wire.CUSTOM_REQUEST, 1, custom={"route": "known", "body": b"nobody"}))
            return client.receive(wire.CUSTOM_RESPONSE)["custom"]["body"]

        self.assertEqual(known(), b"yes")
        node.configure(plugins={"pipeline": [{"login": {"mode": "password"}}, "rules", "chat_redirect"]})
        node.reload_well()
        self.assertEqual(known(), b"no")

    def test_frames_of_old_handlers_leave_through_the_outbound_chain_in_force(self):
        marking = """
            return { api = 1, outbound = {
              message_request = function(ctx, msg) msg.content = msg.content .. "@" .. ctx.generation end } }"""
        node = self.node({"mark": marking, "slow": """
            return { api = 1, inbound = { message_request = function(ctx, msg) if msg.content == "slow" then hpush.sleep(0.5) end end } }
            """})
        amy, bob = self.client(node, "amy"), self.client(node, "bob")
        amy.send(wire.chat("bob", "quick", 1))
        self.assertEqual(bob.receive()["messageRequest"]["content"], "quick@1")
        amy.send(wire.chat("bob", "slow", 2))
        self.await_waiting(node, 1)
        node.reload_well()
        self.assertEqual(bob.receive()["messageRequest"]["content"], "slow@2")
        # Without an outbound chain nothing is held back.
        amy.send(wire.chat("bob", "slow", 3))
        self.await_waiting(node, 1)
        node.pipeline("slow")
        node.reload_well()
        self.assertEqual(bob.receive()["messageRequest"]["content"], "slow")

    def await_waiting(self, node, count):
        node.await_metric("hpush_plugin_waiting_handlers", count)


class AllOrNone(ReloadTest):
    BLOCKING = """
        return { api = 1, version = "VERSION", inbound = { message_request = function(ctx, msg)
          if msg.to ~= "block" then return end
          local till = os.clock() + tonumber(msg.content)
          while os.clock() < till do end
          return hpush.stop
        end } }"""

    def blocking_node(self):
        node = self.node({"rules": answering("one", KEEPING), "blocking": self.BLOCKING}, {
            "chat": {"threads": 2}, "plugins": {"limits": {"run_ms": 5000}}})
        return node, self.client(node, "busy"), [self.client(node, f"u{n}") for n in range(6)]

    def test_a_loop_that_does_not_come_in_time_changes_nothing_anywhere(self):
        node, busy, others = self.blocking_node()
        node.write("rules", answering("two", KEEPING))
        busy.send(wire.chat("block", "0.5"))
        time.sleep(0.1)
        # The next turn of that loop is longer than the others wait for it.
        busy.send(b"".join(wire.chat("block", "0.4", n) for n in range(5)))
        status, answer = node.json("/v1/plugins/reload", method="POST")
        self.assertEqual((status, answer["error"]["code"], answer["error"]["generation"]), (503, "not_agreed", 1), answer)
        results = {loop["loop"]: loop["result"] for loop in answer["error"]["loops"]}
        self.assertEqual(sorted(results.values()), ["late", "ready"], answer)
        late = [loop for loop, result in results.items() if result == "late"][0]
        self.assertIn(f"loop {late} did not come", answer["error"]["message"])
        for client in others:
            self.assertEqual((probe(client)["name"], probe(client)["generation"]), ("one", 1))
        # The late loop's part is void: the next reload is the second generation.
        self.assertEqual(node.reload_well(), 2)
        self.assertEqual({probe(client)["name"] for client in others}, {"two"})

    def test_a_restore_that_fails_on_one_loop_undoes_it_on_all(self):
        failing = "save = function() return count end, restore = function(old) if old > 4 then error('too many') end count = old end,"
        node = self.node({"rules": answering("one", failing)}, {"chat": {"threads": 2}})
        clients = [self.client(node, f"u{n}") for n in range(8)]
        first = [probe(client)["count"] for client in clients]
        for _ in range(6 - max(first)):
            probe(clients[first.index(max(first))])
        status, answer = node.json("/v1/plugins/reload", method="POST")
        self.assertEqual((status, answer["error"]["plugin"], answer["error"]["line"]), (422, "rules", 10), answer)
        self.assertIn("restore failed on loop", answer["error"]["reason"])
        self.assertIn("failed", {loop["result"] for loop in answer["error"]["loops"]})
        self.assertEqual({probe(client)["generation"] for client in clients}, {1})

    def test_a_node_ends_well_in_the_middle_of_reloads(self):
        node = self.node(config={"chat": {"threads": 2}})
        stopped = threading.Event()

        def reload():
            while not stopped.is_set():
                try:
                    node.http("/v1/plugins/reload", method="POST")
                except OSError:
                    return

        threads = [threading.Thread(target=reload) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        self.assertEqual(node.stop(), 0)
        stopped.set()
        for thread in threads:
            thread.join()


class Waiting(ReloadTest):
    SLOW = """
        local here
        return { api = 1, inbound = { message_request = function(ctx, msg)
          here = ctx.generation
          if msg.content:find("wait") then hpush.sleep(SECONDS) end
          msg.content = msg.content .. " " .. here .. ctx.generation
        end } }"""

    def slow_node(self, seconds=0.7, **config):
        return self.node({"slow": self.SLOW.replace("SECONDS", str(seconds))}, config)

    def test_a_waiting_handler_finishes_in_its_generation_and_order_holds_across_the_switch(self):
        node = self.slow_node()
        amy, bob, eve = (self.client(node, name) for name in ("amy", "bob", "eve"))
        amy.send(wire.chat("bob", "wait", 1) + wire.chat("bob", "after", 2))
        node.await_metric("hpush_plugin_waiting_handlers", 1)
        node.reload_well()
        eve.send(wire.chat("bob", "new", 1))
        self.assertEqual(bob.receive()["messageRequest"]["content"], "new 22", "others don't wait for old handlers")
        listing = node.json("/v1/plugins")[1]
        self.assertEqual(listing["finishing"], [{"generation": 1, "handlers": 1}])
        self.assertIn("generation 1: 1 handler not done yet", run_command("plugin", "list", "--config", node.file).stdout)
        self.assertEqual(bob.receive()["messageRequest"]["content"], "wait 11")
        self.assertEqual(bob.receive()["messageRequest"]["content"], "after 22")
        self.until(lambda: node.json("/v1/plugins")[1]["finishing"] == [], "the old generation is let go")
        self.assertEqual(node.metric("hpush_plugin_memory_bytes", generation="1"), 0)
        self.assertGreater(node.metric("hpush_plugin_memory_bytes", generation="2"), 0)

    def test_several_old_generations_finish_side_by_side(self):
        node = self.slow_node(1)
        bob = self.client(node, "bob")
        senders = [self.client(node, f"s{n}") for n in range(4)]
        for generation, sender in enumerate(senders, 1):
            sender.send(wire.chat("bob", f"wait{generation}", 1))
            node.await_metric("hpush_plugin_waiting_handlers", 1, generation=str(generation))
            node.reload_well()
        got = sorted(bob.receive()["messageRequest"]["content"] for _ in senders)
        self.assertEqual(got, [f"wait{n} {n}{n}" for n in range(1, 5)])

    def test_an_old_handler_is_ended_at_its_own_deadline(self):
        node = self.slow_node(60, plugins={"limits": {"wait_ms": 800}})
        amy = self.client(node, "amy")
        started = time.monotonic()
        amy.send(wire.chat("bob", "wait", 1))
        node.await_metric("hpush_plugin_waiting_handlers", 1)
        node.reload_well()
        self.assertEqual(amy.receive(wire.MESSAGE_RESPONSE)["messageResponse"]["code"], wire.UNKNOWN_ERROR)
        self.assertLess(time.monotonic() - started, 3)
        self.until(lambda: node.metric("hpush_plugin_memory_bytes", generation="1") == 0, "the old generation is let go")

    def test_a_session_that_closes_ends_its_old_handler(self):
        node = self.slow_node(4)
        amy = self.client(node, "amy")
        amy.send(wire.chat("bob", "wait", 1))
        node.await_metric("hpush_plugin_waiting_handlers", 1)
        node.reload_well()
        amy.break_off()
        self.until(lambda: node.metric("hpush_plugin_memory_bytes", generation="1") == 0, "the old generation is let go", 2)

    def test_an_event_that_waits_again_and_again_ends_with_the_deadline(self):
        node = self.node({"slow": """
            return { api = 1, events = { session_open = function(ctx) while true do hpush.sleep(0.05) hpush.metrics.add("turns") end end } }
            """}, {"plugins": {"limits": {"wait_ms": 500}}})
        self.client(node, "amy")
        node.await_metric("hpush_plugin_metric", 12, name="turns")
        node.reload_well()
        self.until(lambda: node.metric("hpush_plugin_memory_bytes", generation="1") == 0, "the old generation is let go", 3)

    def test_a_login_that_waits_succeeds(self):
        node = self.node({"slow": "return { api = 1, inbound = { login_request = function() hpush.sleep(0.5) end } }"})
        client = Client(node.ports["chat"])
        self.addCleanup(client.close)
        client.send(wire.message(wire.LOGIN_REQUEST, 1, loginRequest={"uid": "amy", "token": "t"}))
        node.await_metric("hpush_plugin_waiting_handlers", 1)
        node.reload_well()
        self.assertTrue(client.receive(wire.LOGIN_RESPONSE)["loginResponse"]["result"])


class Background(ReloadTest):
    def test_timers_and_what_they_spawned_end_and_the_new_ones_begin(self):
        node = self.node({"clock": """
            local M = { api = 1, timers = { { every = 0.05, run = function() hpush.metrics.add("ticks" .. GEN) end } } }
            function M.init(ctx)
              GEN = ctx.generation
              hpush.spawn(function() while true do hpush.sleep(0.02) hpush.metrics.add("turns" .. GEN) end end)
            end
            return M""".replace("local M", "local GEN local M")})
        node.await_metric("hpush_plugin_metric", 2, name="ticks1")
        node.await_metric("hpush_plugin_metric", 2, name="turns1")
        node.reload_well()
        node.await_metric("hpush_plugin_metric", 2, name="ticks2")
        node.await_metric("hpush_plugin_metric", 2, name="turns2")
        before = node.metric("hpush_plugin_metric", name="ticks1"), node.metric("hpush_plugin_metric", name="turns1")
        time.sleep(0.3)
        after = node.metric("hpush_plugin_metric", name="ticks1"), node.metric("hpush_plugin_metric", name="turns1")
        self.assertEqual(before, after)
        self.until(lambda: node.metric("hpush_plugin_memory_bytes", generation="1") == 0, "the old generation is let go", 3)

    def test_reloads_more_frequent_than_a_timers_period_do_not_put_it_off(self):
        node = self.node({"clock": "return { api = 1, timers = { { every = 1, run = function() hpush.metrics.add('ticks') end } } }"})
        started = time.monotonic()
        while time.monotonic() - started < 2.6:
            node.reload_well()
        self.assertGreaterEqual(node.metric("hpush_plugin_metric", name="ticks"), 2)

    def test_what_an_old_handler_spawns_still_runs(self):
        node = self.node({"slow": """
            return { api = 1, inbound = { message_request = function(ctx, msg)
              local session = ctx.session
              hpush.sleep(0.5)
              hpush.spawn(function() hpush.sleep(0.05) session:notify { text = "spawned" } end)
              return hpush.stop
            end } }"""})
        amy = self.client(node, "amy")
        amy.send(wire.chat("bob", "x", 1))
        node.await_metric("hpush_plugin_waiting_handlers", 1)
        node.reload_well()
        self.assertIn("spawned", amy.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])

    def test_many_spawned_waits_end_at_a_switch(self):
        node = self.node({"many": """
            return { api = 1, init = function() hpush.spawn(function()
              for i = 1, 3000 do hpush.spawn(function() hpush.sleep(60) end) end
            end) end }"""}, {"plugins": {"limits": {"wait_ms": 100000}}})
        node.await_metric("hpush_plugin_waiting_handlers", 3000)
        node.reload_well()
        self.until(lambda: node.metric("hpush_plugin_memory_bytes", generation="1") == 0, "the old generation is let go", 5)
        node.await_metric("hpush_plugin_waiting_handlers", 3000, generation="2")


class Rollback(ReloadTest):
    def test_five_in_a_row_each_a_new_generation(self):
        node = self.node({"rules": answering("g1", KEEPING)})
        client = self.client(node, "amy")
        for number in range(2, 9):
            node.write("rules", answering(f"g{number}", KEEPING))
            node.reload_well()
        self.assertEqual(probe(client)["name"], "g8")
        for count, (name, number) in enumerate([("g7", 9), ("g6", 10), ("g5", 11), ("g4", 12), ("g3", 13)], 2):
            done = node.reload("rollback")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"generation {number} is in force with the rules of generation {name[1:]}", done.stdout)
            self.assertEqual(probe(client), {"name": name, "generation": number, "count": count})
        done = node.reload("rollback")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        self.assertIn("generation 13 stays in force", done.stderr)
        listing = node.json("/v1/plugins")[1]
        self.assertEqual((listing["generation"], listing["rules_of"], listing["files_differ"]), (13, 3, True))
        listed = run_command("plugin", "list", "--config", node.file).stdout
        self.assertIn("generation 13 (rules of generation 3)", listed)
        self.assertIn("the files differ", listed)
        # A reload goes on from here, and a rollback comes back to here.
        self.assertEqual(node.reload_well(), 14)
        self.assertEqual(probe(client)["name"], "g8")
        self.assertEqual(node.json("/v1/plugins")[1]["files_differ"], False)
        node.reload_well("rollback")
        self.assertEqual(probe(client)["name"], "g3")

    def test_settings_come_back_too_and_a_restart_loads_the_files(self):
        node = self.node({"rules": answering("one").replace("api = 1,", "api = 1, config = { text = { type = 'file' } },").replace(
            'name = "one"', "name = ctx.config.text")}, start=False)
        (node.folder / "text").write_text("first")
        node.pipeline({"rules": {"text": str(node.folder / "text")}})
        node.start()
        client = self.client(node, "amy")
        self.assertEqual(probe(client)["name"], "first")
        (node.folder / "text").write_text("second")
        self.assertTrue(node.json("/v1/plugins")[1]["files_differ"])
        node.reload_well()
        self.assertEqual(probe(client)["name"], "second")
        node.reload_well("rollback")
        self.assertEqual(probe(client)["name"], "first")
        self.assertEqual(node.stop(), 0)
        node.start()
        self.assertEqual(probe(self.client(node, "amy"))["name"], "second")


class Triggers(ReloadTest):
    def test_sighup(self):
        node = self.node()
        client = self.client(node, "amy")
        node.write("rules", answering("two"))
        node.process.send_signal(signal.SIGHUP)
        self.until(lambda: probe(client)["name"] == "two", "SIGHUP reloads")
        node.write("rules", "return {")
        node.process.send_signal(signal.SIGHUP)
        self.until(lambda: "rules.lua:1" in node.log_text(), "a failure is logged")
        self.assertEqual(probe(client)["name"], "two")

    def test_the_admin_listener_answers_in_json(self):
        node = self.node(config={"chat": {"threads": 2}})
        status, answer = node.json("/v1/plugins/reload", method="POST")
        self.assertEqual(status, 200)
        self.assertEqual((answer["generation"], answer["rules_of"], answer["previous"]), (2, 2, 1))
        self.assertEqual([(loop["loop"], loop["result"]) for loop in answer["loops"]], [(0, "switched"), (1, "switched")])
        status, answer = node.json("/v1/plugins/rollback", method="POST")
        self.assertEqual((status, answer["generation"], answer["rules_of"]), (200, 3, 1))
        status, answer = node.json("/v1/plugins/rollback", method="POST")
        self.assertEqual((status, answer["error"]["code"], answer["error"]["generation"]), (409, "nothing_to_roll_back", 3))
        node.write("rules", "\n\nlocal = 3")
        status, answer = node.json("/v1/plugins/reload", method="POST")
        self.assertEqual(status, 422)
        error = answer["error"]
        self.assertEqual((error["code"], error["plugin"], error["line"], error["generation"]), ("bad_plugin", "rules", 3, 3))
        self.assertEqual(error["file"], str(node.plugins / "rules.lua"))
        self.assertIn(f"{error['file']}:3: {error['reason']}", error["message"])
        self.assertEqual(node.metric("hpush_plugin_reloads_total", result="failed"), 2)
        self.assertEqual(node.metric("hpush_plugin_reloads_total", result="switched"), 1)
        self.assertEqual(node.metric("hpush_plugin_reloads_total", result="rolled_back"), 1)

    def test_requests_at_once_all_get_a_true_answer(self):
        node = self.node()
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(node.json("/v1/plugins/reload", method="POST"))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({status for status, _ in answers}, {200}, answers)
        self.assertEqual(max(answer["generation"] for _, answer in answers), node.generation())

    def test_a_node_that_does_not_run_is_one_line(self):
        node = self.node(start=False)
        for command in ("reload", "rollback"):
            done = node.reload(command)
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


class Watch(ReloadTest):
    """plugins.watch: true."""

    def watching(self, plugins=None, **options):
        node = self.node(plugins, {"plugins": {"watch": True}}, **options)
        return node, self.client(node, "amy") if node.process else None

    def becomes(self, client, name):
        self.until(lambda: probe(client)["name"] == name, f"{name} comes into force by itself")

    def test_a_file_that_is_written_renamed_or_linked_reloads(self):
        node, client = self.watching()
        node.write("rules", answering("written"))
        self.becomes(client, "written")
        (node.plugins / "rules.lua.tmp").write_text(answering("renamed"))
        os.replace(node.plugins / "rules.lua.tmp", node.plugins / "rules.lua")
        self.becomes(client, "renamed")
        # As vim does it: a backup, a probe file, and a swap file beside.
        (node.plugins / "4913").write_text("")
        os.unlink(node.plugins / "4913")
        (node.plugins / ".rules.lua.swp").write_text("x")
        os.rename(node.plugins / "rules.lua", node.plugins / "rules.lua~")
        node.write("rules", answering("vim"))
        os.unlink(node.plugins / "rules.lua~")
        self.becomes(client, "vim")
        # A plugin that becomes a folder with parts.
        (node.folder / "new").mkdir()
        (node.folder / "new" / "init.lua").write_text('require "rules.part"\n' + answering("folder"))
        (node.folder / "new" / "part.lua").write_text("return 1")
        os.unlink(node.plugins / "rules.lua")
        os.rename(node.folder / "new", node.plugins / "rules")
        self.becomes(client, "folder")
        (node.plugins / "rules" / "init.lua").write_text(answering("in the folder"))
        self.becomes(client, "in the folder")
        (node.folder / "real.lua").write_text(answering("linked"))
        os.rename(node.plugins / "rules", node.folder / "old")
        os.symlink(node.folder / "real.lua", node.plugins / "rules.lua")
        self.becomes(client, "linked")
        (node.folder / "real.lua").write_text(answering("behind the link"))
        self.becomes(client, "behind the link")

    def test_what_changes_no_rule_does_not_reload(self):
        node, client = self.watching()
        (node.plugins / "rules.lua").touch()
        node.write("rules", answering("one"))
        (node.plugins / ".rules.lua.swp").write_text("x")
        (node.plugins / "rules.lua~").write_text("x")
        (node.plugins / ".#rules.lua").write_text("x")
        (node.plugins / "4913").write_text("x")
        (node.plugins / "unused.lua").write_text("return {")
        (node.plugins / "empty").mkdir()
        time.sleep(1)
        self.assertEqual(node.generation(), 1)
        self.assertEqual(node.metric("hpush_plugin_reloads_total"), 0)

    def test_many_changes_at_once_are_one_reload(self):
        node, client = self.watching()
        for number in range(40):
            node.write("rules", answering(f"v{number}"))
            time.sleep(0.02)
        self.becomes(client, "v39")
        self.assertLessEqual(node.generation(), 3)

    def test_a_failure_is_logged_once_with_plugin_file_and_line_and_the_rules_stay(self):
        node, client = self.watching()
        node.write("rules", "return {\n\n}}")
        self.until(lambda: "plugins not reloaded" in node.log_text(), "the failure is logged")
        node.write("rules", "return {\n\n}}")
        (node.plugins / "rules.lua").touch()
        time.sleep(0.8)
        lines = [line for line in node.log_text().splitlines() if "plugins not reloaded" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(f"{node.plugins}/rules.lua:3", lines[0])
        self.assertEqual(probe(client)["name"], "one")
        node.write("rules", answering("good"))
        self.becomes(client, "good")

    def test_the_configuration_and_files_of_settings_are_watched(self):
        node, _ = self.watching({"rules": answering("one").replace("api = 1,", "api = 1, config = { text = { type = 'file' } },").replace(
            'name = "one"', "name = ctx.config.text")}, start=False)
        texts = node.folder / "texts"
        texts.mkdir()
        (texts / "a").write_text("first")
        node.pipeline({"rules": {"text": str(texts / "a")}})
        node.start()
        client = self.client(node, "amy")
        (texts / "a").write_text("second")
        self.becomes(client, "second")
        (texts / "b").write_text("third")
        node.pipeline({"rules": {"text": str(texts / "b")}})
        self.becomes(client, "third")
        (texts / "b.tmp").write_text("fourth")
        os.replace(texts / "b.tmp", texts / "b")
        self.becomes(client, "fourth")
        # A file that is missing, until it is there.
        node.pipeline({"rules": {"text": str(texts / "c")}})
        self.until(lambda: "there is no file" in node.log_text(), "the missing file is named")
        (texts / "c").write_text("fifth")
        self.becomes(client, "fifth")
        good = node.file.read_text()
        node.file.write_text("plugins: [")
        self.until(lambda: "node.yaml" in node.log_text(), "the broken file is named")
        self.assertEqual(probe(client)["name"], "fifth")
        node.file.write_text(good.replace("/c", "/a"))
        self.becomes(client, "second")

    def test_watch_can_be_turned_off_and_on_and_a_rollback_is_not_undone(self):
        node, client = self.watching()
        node.write("rules", answering("two"))
        self.becomes(client, "two")
        node.reload_well("rollback")
        time.sleep(0.6)
        self.assertEqual(probe(client)["name"], "one")
        node.configure(plugins={"watch": False})
        time.sleep(0.6)
        node.write("rules", answering("three"))
        time.sleep(0.6)
        self.assertEqual(probe(client)["name"], "one")
        node.configure(plugins={"watch": True})
        node.reload_well()
        self.assertEqual(probe(client)["name"], "three")
        node.write("rules", answering("four"))
        self.becomes(client, "four")

    def test_a_plugins_folder_that_is_replaced_is_followed(self):
        node, client = self.watching()
        os.rename(node.plugins, node.folder / "before")
        os.rename(node.folder / "before", node.plugins)
        node.write("rules", answering("two"))
        self.becomes(client, "two")


if __name__ == "__main__":
    unittest.main()
