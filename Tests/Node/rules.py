"""A node whose plugins folder is the test's own: the bundled plugins it needs, and plugins that a test writes and changes."""

import json
import shutil

import wire
from node import ROOT, Node, run_command


class RulesNode(Node):
    """`plugins` is by name: the text of NAME.lua. The pipeline is login (open), these in their order, chat_redirect."""

    def __init__(self, plugins, config=None, pipeline=None):
        super().__init__(config)
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        for name in ("login", "chat_redirect"):
            shutil.copytree(ROOT / "plugins" / name, self.plugins / name)
        for name, text in plugins.items():
            self.write(name, text)
        self.configure(plugins={
            "path": str(self.plugins), "pipeline": pipeline or [{"login": {"mode": "open"}}, *plugins, "chat_redirect"]})

    def write(self, name, text):
        (self.plugins / f"{name}.lua").write_text(text)

    def configure(self, **sections):
        """Changes sections of the configuration file."""
        for section, values in sections.items():
            self.config[section] = {**self.config.get(section, {}), **values}
        self.file.write_text(json.dumps(self.config, indent=1))

    def pipeline(self, *entries):
        self.configure(plugins={"pipeline": [{"login": {"mode": "open"}}, *entries, "chat_redirect"]})

    def reload(self, command="reload"):
        """`hpush plugin reload`; the finished process."""
        return run_command("plugin", command, "--config", self.file, timeout=120)

    def reload_well(self, command="reload"):
        """The generation in force afterwards."""
        done = self.reload(command)
        assert done.returncode == 0, done.stdout + done.stderr
        return int(done.stdout.split()[1])

    def generation(self):
        return self.json("/v1/plugins")[1]["generation"]


def answering(name, state=""):
    """A plugin that answers a message to "probe" with `name`, and counts."""
    return f"""
local count = 0
return {{ api = 1, version = "1",
  inbound = {{ message_request = function(ctx, msg)
    if msg.to ~= "probe" then return end
    count = count + 1
    ctx.session:notify {{ name = "{name}", generation = ctx.generation, count = count }}
    return hpush.stop
  end }},
  {state}
}}
"""


KEEPING = "save = function() return { count = count } end, restore = function(old) count = old.count end,"


def probe(client):
    """What the `answering` plugin in force says."""
    client.send(wire.chat("probe", "?"))
    return json.loads(client.receive(wire.MESSAGE_NOTIFICATION)["notification"]["json"])

