import Foundation

/// What `hpush plugin new` writes.
struct PluginTemplate {
    let name: String

    /// Writes FOLDER/NAME/init.lua and a test beside it, and gives their paths.
    /// - Throws: `CommandError` when there is such a plugin or a file cannot be written.
    func write(in folder: String) throws -> (plugin: String, test: String) {
        let files = FileManager.default
        for taken in ["\(folder)/\(name)", "\(folder)/\(name).lua"] where files.fileExists(atPath: taken) {
            throw CommandError("\(ShownPath.of(taken)) exists already; nothing was changed")
        }
        let paths = (plugin: "\(folder)/\(name)/init.lua", test: "\(folder)/\(name)/\(name)_test.lua")
        for (path, text) in [(paths.plugin, text), (paths.test, test)] {
            do {
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
            } catch {
                throw CommandError("\(ShownPath.of(path)) cannot be written: \(error.localizedDescription)")
            }
        }
        return paths
    }

    var text: String {
        """
        -- \(name): says hello to who logs in, and answers "/ping" in a message to anybody.
        --
        -- Add it to plugins.pipeline behind login (so that ctx.uid is known) and before chat_redirect:
        --   - \(name): { greeting: "Good to see you, %s" }
        ---@type hpush.Plugin
        local M = {
          api = 1,                 -- the host API this is written for
          version = "0.1.0",
          config = {               -- what the configuration may set; checked before the plugin runs
            greeting = { type = "string", default = "Hello, %s", help = "%s stands for the user's name" },
          },
          needs = {},              -- host API beyond the basics, such as "sessions", "redirect", "notify", "store"
        }

        -- Messages from clients, by type ("*" for all). What a handler returns decides:
        --   nothing                                       the next plugin's turn
        --   hpush.stop                                    handled, go no further
        --   hpush.reject { code = 7, info = "reason" }    the sender gets the failure, go no further
        --   hpush.close  { code = 7, info = "reason" }    the same, then the connection closes
        M.inbound = {}

        function M.inbound.message_request(ctx, msg)
          if msg.content ~= "/ping" then return end
          ctx.session:notify { type = 100, data = { text = "pong" } }
          return hpush.stop
        end

        -- session_open, session_close, node_up, node_down, undeliverable
        M.events = {}

        function M.events.session_open(ctx)
          local text = ctx.config.greeting:gsub("%%s", function() return ctx.uid end)
          hpush.log.info(text)
          ctx.session:notify { type = 100, data = { text = text } }
        end

        return M

        """
    }

    var test: String {
        """
        -- Tests of \(name): hpush plugin test runs them, each on a fresh node in memory.

        test("who logs in is greeted", function(t)
          local alice = t:login("alice")
          t:equal(alice:notified(), { type = 100, data = { text = "Hello, alice" } })
        end)

        test("the greeting can be set", { config = { greeting = "Hi %s!" } }, function(t)
          t:equal(t:login("bob"):notified().data.text, "Hi bob!")
        end)

        test("/ping is answered and goes no further", function(t)
          local alice, bob = t:login("alice"), t:login("bob")
          alice:notified()    -- the greeting
          alice:send{ to = "bob", content = "/ping" }
          t:equal(alice:notified().data, { text = "pong" })
          t:equal(bob:received(), nil)
        end)

        test("other messages arrive", function(t)
          local alice, bob = t:login("alice"), t:login("bob")
          alice:send{ to = "bob", content = "hi" }
          t:equal(bob:received().content, "hi")
        end)

        """
    }
}
