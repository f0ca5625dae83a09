import Foundation

/// What `hpush plugin new` writes.
struct PluginTemplate {
    let name: String

    /// Writes FOLDER/NAME/init.lua and gives its path.
    /// - Throws: `CommandError` when there is such a plugin or the file cannot be written.
    func write(in folder: String) throws -> String {
        let files = FileManager.default
        for taken in ["\(folder)/\(name)", "\(folder)/\(name).lua"] where files.fileExists(atPath: taken) {
            throw CommandError("\(ShownPath.of(taken)) exists already; nothing was changed")
        }
        let path = "\(folder)/\(name)/init.lua"
        do {
            try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw CommandError("\(ShownPath.of(path)) cannot be written: \(error.localizedDescription)")
        }
        return path
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
          local text = ctx.config.greeting:gsub("%%s", ctx.uid)
          hpush.log.info(text)
          ctx.session:notify { type = 100, data = { text = text } }
        end

        return M

        """
    }
}
