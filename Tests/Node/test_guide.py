"""The plugin guide does what it says: the first plugin passes its tests, the cookbook's settings fit, types are written for a folder."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest

import jsonschema
import yaml

from node import ROOT, run_command


def blocks(file, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / file).read_text(), re.S | re.M)


class FirstPluginTest(unittest.TestCase):
    def test_it_passes_its_check_and_its_tests(self):
        plugin, test = blocks("first-plugin.md", "lua")
        with tempfile.TemporaryDirectory() as folder:
            plugins = pathlib.Path(folder, "plugins")
            shutil.copytree(ROOT / "plugins", plugins)
            (plugins / "clock").mkdir()
            (plugins / "clock/init.lua").write_text(plugin)
            (plugins / "clock/clock_test.lua").write_text(test)
            config = pathlib.Path(folder, "node.yaml")
            config.write_text(json.dumps({"plugins": {"path": str(plugins), "pipeline": yaml.safe_load(self.pipeline())}}))
            checked = run_command("plugin", "check", "--config", config)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            tested = run_command("plugin", "test", plugins / "clock", "--config", config)
            self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
            self.assertIn("2 passed, 0 failed", tested.stdout)

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
