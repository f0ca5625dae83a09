"""The plugin guide does what it says: the first plugin passes its tests, the cookbook's settings fit, types are written for a folder."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest
import xml.etree.ElementTree

import jsonschema
import yaml

from node import ROOT, run_command


def blocks(file, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / file).read_text(), re.S | re.M)


class FirstPluginTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.plugins = pathlib.Path(folder.name, "plugins")
        shutil.copytree(ROOT / "plugins", self.plugins)
        self.config = pathlib.Path(folder.name, "node.yaml")
        self.config.write_text(json.dumps({"plugins": {"path": str(self.plugins), "pipeline": yaml.safe_load(self.pipeline())}}))
        self.plugin, self.test = self.plugins / "clock/init.lua", self.plugins / "clock/clock_test.lua"

    def run_plugin(self, command, *arguments, fails=False):
        done = run_command("plugin", command, *arguments, "--config", self.config)
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stdout

    def passed(self):
        return int(re.search(r"^(\d+) passed, 0 failed$", self.run_plugin("test", self.plugins / "clock"), re.M).group(1))

    def test_each_step_of_the_page(self):
        handler, test = blocks("first-plugin.md", "lua")
        self.run_plugin("new", "clock")
        before = self.passed()
        changed, count = re.subn(r"function M\.inbound\.message_request.*?\nend\n", lambda _: handler, self.plugin.read_text(), flags=re.S)
        self.assertEqual(count, 1)
        self.plugin.write_text(changed)
        self.assertEqual(self.passed(), before)
        self.test.write_text(self.test.read_text() + test)
        self.assertEqual(self.passed(), before + 1)
        self.run_plugin("check")
        self.run_plugin("check", self.plugins / "clock")
        self.plugin.write_text(changed.replace("msg.content ==", "msg.contnet ==", 1))
        self.assertRegex(
            self.run_plugin("check", self.plugins / "clock", fails=True),
            r"init\.lua:\d+:\d+: message_request has no field 'contnet'; did you mean content\?")

    def test_a_failure_says_where_and_what(self):
        self.run_plugin("new", "clock")
        self.test.write_text(self.test.read_text().replace("Hello, alice", "Hello, bob"))
        report = self.test.with_name("report.xml")
        failed = self.run_plugin("test", self.plugins / "clock", "--junit", report, fails=True)
        self.assertRegex(failed, r'clock_test\.lua:\d+: at \.data\.text: expected "Hello, bob", got "Hello, alice"')
        suites = xml.etree.ElementTree.parse(report).getroot()
        self.assertEqual((suites.get("tests"), suites.get("failures")), ("4", "1"))

    @staticmethod
    def pipeline():
        return next(block for block in blocks("first-plugin.md", "yaml") if "clock" in block)


class CookbookTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plugins = self.folder / "plugins"
        shutil.copytree(ROOT / "plugins", self.plugins, ignore=shutil.ignore_patterns("hpush.d.lua", ".luarc.json"))
        shutil.copytree(ROOT / "examples", self.plugins, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".luarc.json"))
        self.config = self.folder / "node.yaml"
        self.config.write_text(json.dumps({"plugins": {"path": str(self.plugins)}}))

    def test_types_are_written_for_a_folder_and_kept_when_they_are_there(self):
        schema = self.folder / "schema.json"
        made = run_command("plugin", "types", "--config", self.config, "--schema", schema)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        self.assertEqual((self.plugins / "hpush.d.lua").read_text(), (ROOT / "plugins/hpush.d.lua").read_text())
        self.assertIn('"Lua 5.4"', (self.plugins / ".luarc.json").read_text())
        (self.plugins / ".luarc.json").write_text("{}")
        (self.plugins / "hpush.d.lua").write_text("-- of an older version")
        again = run_command("plugin", "types", "--config", self.config)
        self.assertEqual(again.returncode, 0)
        self.assertEqual((self.plugins / ".luarc.json").read_text(), "{}", "the author's own settings stay")
        self.assertEqual((self.plugins / "hpush.d.lua").read_text(), (ROOT / "plugins/hpush.d.lua").read_text())

    def test_the_schema_takes_each_setting_of_the_cookbook(self):
        schema = self.folder / "schema.json"
        run_command("plugin", "types", "--config", self.config, "--schema", schema)
        validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))

        def errors(pipeline):
            return [error.message for error in validator.iter_errors({"plugins": {"pipeline": pipeline}})]

        seen = set()
        for block in blocks("cookbook.md", "yaml"):
            value = yaml.safe_load(block)
            pipeline = value["pipeline"] if isinstance(value, dict) else value
            seen |= {item if isinstance(item, str) else next(iter(item)) for item in pipeline}
            self.assertEqual(errors(pipeline), [], block)
        examples = {file.parent.name for file in (ROOT / "examples").glob("*/init.lua")} - {"echo_bot"}
        self.assertEqual(examples - seen, set(), "no settings are shown of these")
        self.assertNotEqual(errors([{"quiet_hours": {"from": 22}}]), [])
        self.assertNotEqual(errors([{"mute": {"moderator": []}}]), [])

    def test_every_example_has_tests_and_is_presented(self):
        text = (ROOT / "docs/cookbook.md").read_text()
        for file in (ROOT / "examples").glob("*/init.lua"):
            name = file.parent.name
            self.assertTrue((file.parent / f"{name}_test.lua").is_file(), name)
            self.assertIn(name, text)


if __name__ == "__main__":
    unittest.main()
