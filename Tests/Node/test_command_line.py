"""The commands as a person or a script uses them."""

import base64
import json
import pathlib
import subprocess
import tempfile
import unittest

import wire
from case import NodeTest
from node import BINARY, run_command


class Help(unittest.TestCase):
    def test_every_command_has_help(self):
        plugin = ["plugin " + command for command in ("new", "check", "test", "bench", "replay", "types", "list", "reload", "rollback")]
        for command in ("", "serve", "chat", "gate", "user", "user add", "user import", "plugin", *plugin, "status"):
            with self.subTest(command):
                done = run_command(*command.split(), "--help")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("USAGE", done.stdout.upper())

    def test_unknown_commands_and_options_fail_and_say_so(self):
        for arguments in (["serv"], ["serve", "--confg", "x"], ["chat"]):
            done = run_command(*arguments)
            self.assertNotEqual(done.returncode, 0)
            self.assertTrue(done.stderr.strip())


class Operator(NodeTest):
    def hpush(self, *arguments):
        done = run_command(*arguments, "--config", self.node.file)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_status(self):
        self.assertIn("test", self.hpush("status"))
        status = json.loads(self.hpush("status", "--json"))
        self.assertEqual(status["name"], "test")
        self.assertEqual({listener["name"] for listener in status["listeners"]}, {"chat", "admin"})
        self.assertTrue(all(listener["address"].endswith(f":{self.node.ports[listener['name']]}") for listener in status["listeners"]))

    def test_plugin_list(self):
        listed = self.hpush("plugin", "list")
        self.assertLess(listed.index("login"), listed.index("chat_redirect"))

    def test_status_of_a_node_that_does_not_run_is_one_line(self):
        file = self.node.folder / "other.yaml"
        file.write_text(json.dumps({"admin": {"host": "127.0.0.1", "port": 1}}))
        done = run_command("status", "--config", file)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_chat_from_a_pipe_in_both_directions(self):
        other = self.client("other")
        chat = subprocess.Popen(
            [BINARY, "chat", "--node", f"127.0.0.1:{self.node.ports['chat']}", "--user", "piped"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(chat.kill)
        chat.stdin.write("/msg other hello there\nand again\n")
        chat.stdin.flush()
        self.assertEqual(other.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "hello there")
        self.assertEqual(other.receive(wire.MESSAGE_REQUEST)["messageRequest"]["content"], "and again")
        other.send(wire.chat("piped", "hello back"))
        seen = []
        for line in chat.stdout:
            seen.append(line)
            if "hello back" in line:
                break
        self.assertIn("other", seen[-1])
        chat.stdin.write("/logout\n")
        chat.stdin.close()
        self.assertEqual(chat.wait(10), 0)
        chat.stdout.close()
        chat.stderr.close()


class UserImport(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "node.yaml"
        self.config.write_text(json.dumps({"node": {"data_dir": "data"}}))

    def take(self, text, *options):
        (self.folder / "users.csv").write_text(text)
        return run_command("user", "import", self.folder / "users.csv", *options, "--config", self.config)

    def names(self):
        listed = run_command("user", "list", "--config", self.config)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return [line.split("\t")[0] for line in listed.stdout.splitlines()]

    def test_accounts_are_made(self):
        done = self.take('amy,pw\r\n"o\'b, jr","p""w"\n\n张三,密码\n')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "imported 3 accounts\n", ""))
        self.assertEqual(self.names(), ["amy", "o'b, jr", "张三"])

    def test_a_line_that_cannot_be_read_stops_it_before_anything_is_changed(self):
        done = self.take("amy,pw\nbob\n")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"^hpush: \S*users\.csv:2: expected name,password, found 1 fields\n$")
        self.assertEqual(self.names(), [])

    def test_accounts_that_are_there_are_errors_of_their_lines_unless_updated(self):
        self.assertEqual(self.take("amy,pw\n").returncode, 0)
        done = self.take("bob,pw\namy,other\n")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('users.csv:2: user "amy" is there already', done.stderr)
        self.assertIn("imported 1 of 2 accounts", done.stderr)
        self.assertEqual(self.names(), ["amy", "bob"])
        self.assertEqual(self.take("bob,pw\namy,other\n", "--update").stdout, "imported 2 accounts\n")

    def test_from_a_pipe(self):
        done = subprocess.run(
            [BINARY, "user", "import", "-", "--config", self.config], input="amy,pw\nx/y,pw\n", capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("standard input:2:", done.stderr)
        absent = run_command("user", "import", self.folder / "absent.csv", "--config", self.config)
        self.assertIn("absent.csv cannot be read", absent.stderr)


class NewPlugin(unittest.TestCase):
    """docs/first-plugin.md, as a reader follows it."""

    def test_a_new_plugin_passes_its_check_and_a_fault_is_named_by_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "node.yaml")
            plugins = pathlib.Path(folder, "plugins")
            plugins.mkdir()
            file.write_text(json.dumps({"plugins": {"path": str(plugins), "pipeline": ["hello"]}}))
            made = run_command("plugin", "new", "hello", "--config", file)
            self.assertEqual(made.returncode, 0, made.stderr)
            source = plugins / "hello" / "init.lua"
            self.assertTrue(source.is_file())
            self.assertTrue((plugins / "hpush.d.lua").is_file() and (plugins / ".luarc.json").is_file(), "what an editor needs")
            again = run_command("plugin", "new", "hello", "--config", file)
            self.assertNotEqual(again.returncode, 0, "an existing plugin was overwritten")
            checked = run_command("plugin", "check", "--config", file)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            tested = run_command("plugin", "test", source.parent)
            self.assertEqual((tested.returncode, tested.stdout.splitlines()[-1]), (0, "4 passed, 0 failed"), tested.stdout)
            source.write_text("local M = { api = 1 }\nM.inbound = {\nreturn M\n")
            checked = run_command("plugin", "check", "--config", file)
            self.assertNotEqual(checked.returncode, 0)
            self.assertRegex(checked.stdout + checked.stderr, r"hello[/.]\S*lua:\d+")
            self.assertNotEqual(run_command("plugin", "test", source.parent).returncode, 0)

    def test_a_plugin_without_tests_is_told_apart_from_one_that_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "bare.lua").write_text("return { api = 1 }\n")
            done = run_command("plugin", "test", folder)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("no test was found", done.stderr)


class Replay(unittest.TestCase):
    RECORDING = [
        {"hpush_recording": 1, "node": "n", "started": 1767614400, "loops": 1, "generation": 1,
         "pipeline": [{"name": "hello"}, {"name": "chat_redirect"}]},
        {"n": 1, "at": 0, "session": 1, "uid": "amy", "open": {"before": True}},
        {"n": 2, "at": 0, "session": 2, "uid": "bob", "open": {"before": True}},
        {"n": 3, "at": 1, "session": 1, "uid": "amy", "type": "message_request",
         "body": base64.b64encode(wire.chat("bob", "hi")[8:]).decode(),
         "outcome": {"verdict": "stop", "plugin": "chat_redirect",
                     "deliveries": [{"session": 2, "uid": "bob", "type": "message_request"}]}},
    ]

    def test_what_another_version_does_differently(self):
        with tempfile.TemporaryDirectory() as folder:
            recording = pathlib.Path(folder, "hour.jsonl")
            recording.write_text("".join(json.dumps(line) + "\n" for line in self.RECORDING))
            plugin = pathlib.Path(folder, "hello.lua")
            plugin.write_text("return { api = 1 }\n")
            same = run_command("plugin", "replay", recording, "--against", folder)
            self.assertEqual(same.returncode, 0, same.stdout + same.stderr)
            self.assertEqual(same.stdout, "1 compared, 0 differ\n")
            plugin.write_text("return { api = 1, inbound = { message_request = function() return hpush.reject { info = 'no' } end } }\n")
            other = run_command("plugin", "replay", recording, "--against", folder)
            self.assertNotEqual(other.returncode, 0)
            self.assertIn('#3 amy message_request: verdict: was stop by chat_redirect, now reject 7 "no" by hello', other.stdout)
            recording.write_text("nothing\n")
            self.assertIn("hour.jsonl:1: this is no recording", run_command("plugin", "replay", recording, "--against", folder).stderr)


if __name__ == "__main__":
    unittest.main()
