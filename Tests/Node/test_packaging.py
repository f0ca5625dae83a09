"""What a release is made of: the package's folder, manual pages, completions, the systemd unit, the Dockerfile."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from node import BINARY, ROOT

PACKAGING = ROOT / "packaging"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)


class Folder(unittest.TestCase):
    """Made from the executable that is there: building a release takes minutes, and scripts/check-package does that."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="hpush-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        done = run(ROOT / "scripts/package", "--binary", BINARY, "--output", cls.folder, "--folder")
        assert done.returncode == 0, done.stdout + done.stderr
        cls.place, = cls.folder.iterdir()

    def test_name_and_version(self):
        version = run(self.place / "bin/hpush", "--version").stdout.strip()
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        self.assertRegex(self.place.name, rf"^hpush-{re.escape(version)}-linux-\w+$")

    def test_what_is_in_it(self):
        for name in (
                "plugins/login/init.lua", "plugins/hpush.d.lua", "web/hpush.js", "config/demo.yaml", "config/standalone.yaml",
                "config/hpush.schema.json", "docs/operations.md", "docs/security.md", "README.md", "CHANGELOG.md",
                "lib/systemd/system/hpush.service", "lib/sysusers.d/hpush.conf", "share/man/man1/hpush-serve.1"):
            self.assertTrue((self.place / name).is_file(), name)
        for name in (".git", ".build", "data", "Sources", "Tests", "packaging"):
            self.assertFalse((self.place / name).exists(), name)

    def test_the_libraries_it_needs_are_named(self):
        packages = (self.place / "REQUIRES").read_text().split()
        self.assertIn("libssl3", packages)
        self.assertIn("libsqlite3-0", packages)
        self.assertNotIn("liblua5.4-0", packages, "Lua's archive is in the executable")
        self.assertEqual(packages, sorted(set(packages)))

    def test_each_command_has_a_page_without_faults(self):
        def commands(command, path):
            yield "-".join(path)
            for child in command.get("subcommands", []):
                if child["commandName"] != "help":
                    yield from commands(child, path + [child["commandName"]])

        tree = json.loads(run(BINARY, "--experimental-dump-help").stdout)["command"]
        pages = {file.stem for file in (self.place / "share/man/man1").iterdir()}
        self.assertEqual(pages, set(commands(tree, ["hpush"])))
        self.assertGreater(len(pages), 25)
        if not shutil.which("man"):
            self.skipTest("man is not here")
        for file in (self.place / "share/man/man1").iterdir():
            shown = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", file)
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), file.name)
            self.assertIn("SYNOPSIS", re.sub(r".\x08", "", shown.stdout))

    def test_completions(self):
        share = self.place / "share"
        bash = share / "bash-completion/completions/hpush"
        self.assertEqual(run("bash", "-n", bash).stderr, "")
        line = "plugin re"
        # As bash does it: the words, where the cursor is, and then the function.
        script = f"""
            source {shlex.quote(str(bash))}
            COMP_LINE='hpush {line}' COMP_POINT={len(line) + 6} COMP_WORDS=(hpush {line}) COMP_CWORD=2
            $(complete -p hpush | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p') hpush re plugin
            printf '%s\\n' "${{COMPREPLY[@]}}"
            """
        done = run("bash", "-c", script)
        self.assertLessEqual({"reload", "record", "replay"}, {word.strip() for word in done.stdout.split()}, done.stderr)
        for shell, name in (("zsh", "zsh/site-functions/_hpush"), ("fish", "fish/vendor_completions.d/hpush.fish")):
            self.assertIn("rollback", (share / name).read_text())
            if shutil.which(shell):
                self.assertEqual(run(shell, "-n", share / name).stderr, "")


class Unit(unittest.TestCase):
    lines = (PACKAGING / "hpush.service").read_text().splitlines()

    def setUp(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not here")
        folder = tempfile.mkdtemp(prefix="hpush-unit-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.file = pathlib.Path(folder, "hpush.service")
        # The unit's own executable is not installed here.
        self.file.write_text("\n".join(self.lines).replace("/opt/hpush/bin/hpush", str(BINARY)))

    def test_systemd_takes_it(self):
        done = run("systemd-analyze", "verify", "--man=no", self.file)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_it_exposes_little(self):
        done = run("systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=20", self.file)
        self.assertEqual(done.returncode, 0, done.stdout[-300:])

    def test_its_settings(self):
        settings = dict(line.split("=", 1) for line in self.lines if "=" in line and line[0] not in "#[")
        self.assertEqual(settings["Type"], "notify")
        self.assertEqual(settings["CapabilityBoundingSet"], "")
        self.assertGreater(int(settings["TimeoutStopSec"]), 20, "chat.drain_seconds")
        memory = [int(line.split("=")[2]) for line in self.lines if line.startswith("Environment=HPUSH_LIMITS_MEMORY_MB")]
        self.assertLess(memory[0], int(settings["MemoryMax"].removesuffix("G")) * 1024)
        # Each variable is a key.
        described = (ROOT / "docs/configuration.md").read_text()
        for name in re.findall(r"^Environment=HPUSH_(\w+)=", "\n".join(self.lines), re.M):
            section, _, key = name.lower().partition("_")
            self.assertIn(f"`{section}.{key}`", described)


class Docker(unittest.TestCase):
    """No Docker is needed: what the file names must be there."""
    text = (PACKAGING / "Dockerfile").read_text().replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]

    def step(self, name):
        return [rest.strip() for instruction, rest in self.steps if instruction == name]

    def test_its_instructions_are_dockers(self):
        known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
        self.assertLessEqual({instruction for instruction, _ in self.steps}, known)
        self.assertEqual(len(self.step("FROM")), 2)
        for text in self.step("ENTRYPOINT") + self.step("CMD"):
            self.assertIsInstance(json.loads(text), list)

    def test_what_it_copies_is_there_and_is_all_that_a_package_takes(self):
        copied = set()
        for line in self.step("COPY"):
            parts = line.split()
            if parts[0].startswith("--from"):
                continue
            copied.update(parts[:-1])
            for part in parts[:-1]:
                self.assertTrue((ROOT / part).exists(), part)
        content, = re.findall(r"^content=\((.*)\)$", (ROOT / "scripts/package").read_text(), re.M)
        self.assertLessEqual(set(content.split()) | {"Package.swift", "Sources", "scripts"}, copied)
        # A target of the package whose folder is missing would stop its build.
        for path in re.findall(r'path: "([^"]+)"', (ROOT / "Package.swift").read_text()):
            self.assertIn(path.split("/")[0], copied)
        ignored = (ROOT / ".dockerignore").read_text().split()
        self.assertFalse(copied & set(ignored))

    def test_libraries(self):
        build, runtime = [line for line in self.step("RUN") if "apt-get" in line]
        wanted = re.findall(r"^libraries=\((.*)\)$", (ROOT / "scripts/setup").read_text(), re.M)[0].split()
        for name in wanted:
            if name.startswith("lib") and name != "libc6-dev":
                self.assertIn(name, build.split(), "scripts/setup has it")
        runtime = set(runtime.split())
        self.assertLessEqual({"libssl3", "libsqlite3-0", "zlib1g", "libstdc++6"}, runtime)

    def test_who_runs_it_and_how_it_is_looked_at(self):
        self.assertEqual(self.step("USER"), ["10001"])
        self.assertIn("--uid 10001", self.text)
        self.assertEqual(self.step("STOPSIGNAL"), ["SIGTERM"])
        health, = self.step("HEALTHCHECK")
        command = json.loads(health.partition("CMD ")[2])
        self.assertEqual(command[:2], ["hpush", "status"])
        self.assertEqual(run(BINARY, "help", command[1]).returncode, 0)
        # The configuration it names is one of ours.
        self.assertIn(f"/out/hpush/config/standalone.yaml {command[3]}", self.text)

    def test_the_version_of_swift_is_one_that_builds_it(self):
        image = re.search(r"FROM swift:(\d+)\.(\d+)", self.text)
        wanted = re.search(r"swift-tools-version: (\d+)\.(\d+)", (ROOT / "Package.swift").read_text())
        self.assertGreaterEqual(tuple(map(int, image.groups())), tuple(map(int, wanted.groups())))


if __name__ == "__main__":
    unittest.main()
