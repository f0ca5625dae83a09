"""The JSON Schema for editors: it takes the configurations that are shipped, and refuses the broken ones as far as a schema can tell."""

import json
import pathlib
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/ConfigurationTests/Fixtures"
SCHEMA = json.loads((ROOT / "config/hpush.schema.json").read_text())

# What is only wrong together, outside the file, or before it is data: the node says it.
BEYOND = {
    "admin-without-token", "cluster-without-advertise", "cluster-without-peer-secret", "cluster-without-shared-store",
    "cluster-without-token-secret", "key-twice", "pipeline-plugin-twice", "same-port", "secret-file-missing",
}
NO_YAML = {"not-yaml", "tabs"}


class SchemaTest(unittest.TestCase):
    validator = jsonschema.Draft202012Validator(SCHEMA)

    def errors(self, text):
        return [error.message for error in self.validator.iter_errors(yaml.safe_load(text))]

    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_shipped_files_are_taken_and_name_it(self):
        files = sorted((ROOT / "config").glob("*.yaml"))
        self.assertGreaterEqual(len(files), 2)
        for file in files:
            with self.subTest(file.name):
                text = file.read_text()
                self.assertEqual(self.errors(text), [])
                self.assertEqual(text.splitlines()[0], "# yaml-language-server: $schema=hpush.schema.json")

    def test_broken_files_are_refused(self):
        names = {file.stem for file in FIXTURES.glob("*.yaml")}
        self.assertLessEqual(BEYOND | NO_YAML, names, "a name above is no fixture")
        for name in sorted(names):
            with self.subTest(name):
                text = (FIXTURES / f"{name}.yaml").read_text()
                if name in NO_YAML:
                    with self.assertRaises(yaml.YAMLError):
                        yaml.safe_load(text)
                else:
                    self.assertEqual(self.errors(text) == [], name in BEYOND, self.errors(text))

    def test_pipelines(self):
        def pipeline(text):
            return self.errors(f"plugins: {{ pipeline: {text} }}")

        for good in ("[]", "[login]", "[login: {mode: open}, mine, own: {a: [1]}, chat_redirect: ]", "[{word_filter: {on_error: skip}}]"):
            self.assertEqual(pipeline(good), [], good)
        for bad in ("login", "[1]", "[a-b]", "[login: {mode: opn}]", "[{login: {mode: open, mod: 1}}]", "[{a: , b: }]", "[my: 3]",
                    "[rate_limit: {messages_per_second: fast}]", "[device_policy: {max_devices: 0}]", "[login: {on_error: ignore}]"):
            self.assertNotEqual(pipeline(bad), [], bad)

    def test_sections_without_keys(self):
        self.assertEqual(self.errors("chat:\nnode:\n"), [])
        self.assertNotEqual(self.errors("chats:\n"), [])


if __name__ == "__main__":
    unittest.main()
