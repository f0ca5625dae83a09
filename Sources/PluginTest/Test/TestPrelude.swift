/// What a test file finds around it, in Lua: `test`, `assert`, and the objects `t` and clients. It turns their methods into calls of the
/// host (`hpush.harness`) and reports mistakes at the line of the test that made them.
enum TestPrelude {
    /// - Parameter module: the test file, for `require`.
    static func source(requiring module: String) -> String { text + "\nrequire \"\(module)\"\nreturn M\n" }

    private static let text = #"""
        local harness, json = hpush.harness, hpush.json
        local call, define, closed = harness.call, harness.define, harness.closed
        local type, error, pcall, select, tostring, pairs, setmetatable = type, error, pcall, select, tostring, pairs, setmetatable
        local pack, unpack, concat, sort = table.pack, table.unpack, table.concat, table.sort

        -- Asks the host, and raises what it objects to at the line that is `level` functions up.
        local function ask(level, ...)
          local answer = pack(call(...))
          if not answer[1] then error(answer[2], level + 1) end
          return unpack(answer, 2, answer.n)
        end

        local handles = setmetatable({}, { __mode = "kv" })   -- by client
        local stub, requests, current                          -- of the test that runs

        -- Values as one writes them, on one line.
        local function show(value, depth)
          if type(value) == "string" then return (("%q"):format(value):gsub("\\\n", "\\n"):gsub("\r", "\\r")) end
          if type(value) ~= "table" then return tostring(value) end
          if handles[value] or value == current then return tostring(value) end
          if (depth or 0) > 4 then return "{...}" end
          local parts, length = {}, #value
          for i = 1, length do parts[i] = show(value[i], (depth or 0) + 1) end
          local keys = {}
          for key in pairs(value) do
            if math.type(key) ~= "integer" or key < 1 or key > length then keys[#keys + 1] = key end
          end
          sort(keys, function(a, b) return tostring(a) < tostring(b) end)
          for _, key in ipairs(keys) do
            local name = type(key) == "string" and key:match("^[%a_][%w_]*$") or "[" .. show(key) .. "]"
            parts[#parts + 1] = name .. " = " .. show(value[key], (depth or 0) + 1)
          end
          return #parts == 0 and "{}" or "{ " .. concat(parts, ", ") .. " }"
        end

        -- The first place where two values differ: its path and both sides; nil if there is none.
        local function difference(got, expected, path, depth)
          if got == expected then return nil end
          if type(got) ~= "table" or type(expected) ~= "table" or depth > 30 or handles[got] or handles[expected] then
            return path, got, expected
          end
          local keys = {}
          for key in pairs(expected) do keys[#keys + 1] = key end
          for key in pairs(got) do if expected[key] == nil then keys[#keys + 1] = key end end
          sort(keys, function(a, b) return tostring(a) < tostring(b) end)
          for _, key in ipairs(keys) do
            local name = type(key) == "string" and key:match("^[%a_][%w_]*$") and "." .. key or "[" .. show(key) .. "]"
            local at, g, e = difference(got[key], expected[key], path .. name, depth + 1)
            if at then return at, g, e end
          end
        end

        local function nearest(name, methods)
          local known = {}
          for key in pairs(methods) do known[#known + 1] = key end
          return harness.nearest(tostring(name), known)
        end

        -- An object whose unknown names are mistakes, told with a guess.
        local function class(what, methods, fields, name)
          return {
            __tostring = name,
            __metatable = false,
            __index = function(self, key)
              local method = methods[key]
              if method ~= nil then return method end
              local field = fields[key]
              if field then return field(self) end
              local names = {}
              for k in pairs(methods) do names[k] = true end
              for k in pairs(fields) do names[k] = true end
              local guess = nearest(key, names)
              error(what .. " has no '" .. tostring(key) .. "'" .. (guess and "; did you mean " .. guess .. "?" or ""), 2)
            end,
          }
        end

        -- Clients.
        local Client = {}
        local client_class

        local function handle_of(client, method)
          local handle = handles[client]
          if not handle then error("call it with a colon: client:" .. method .. "(...)", 3) end
          return handle
        end

        local function client_of(handle, uid, id)
          local client = setmetatable({ uid = uid, id = id }, client_class)
          handles[client] = handle
          return client
        end

        client_class = class("a client", Client, {
          closed = function(self) return (closed(handles[self])) end,
        }, function(self) return "client " .. self.uid end)

        function Client:send(message)
          local handle = handle_of(self, "send")
          if type(message) ~= "table" then error("client:send takes a table of fields, such as { to = \"bob\", content = \"hi\" }", 2) end
          return (ask(2, "send", handle, message))
        end
        function Client:received() return (ask(2, "received", (handle_of(self, "received")))) end
        function Client:notified()
          local text = ask(2, "notified", (handle_of(self, "notified")))
          return text and json.decode(text)
        end
        function Client:refused() return (ask(2, "refused", (handle_of(self, "refused")))) end
        function Client:call(route, body)
          local result, failure = ask(2, "call", handle_of(self, "call"), route, body)
          return result, failure
        end
        function Client:heartbeat() return (ask(2, "heartbeat", (handle_of(self, "heartbeat")))) end
        function Client:logout() return (ask(2, "logout", (handle_of(self, "logout")))) end
        function Client:disconnect() return (ask(2, "disconnect", (handle_of(self, "disconnect")))) end

        -- The test's own object.
        local T = {}
        local t_class = class("t", T, { requests = function() return requests end }, function() return "t" end)

        local function own(self, method)
          if self ~= current then error("call it with a colon: t:" .. method .. "(...)", 3) end
        end

        function T:login(uid, options)
          own(self, "login")
          local handle, name, id = ask(2, "login", uid, options, true)
          return client_of(handle, name, id)
        end
        function T:try_login(uid, options)
          own(self, "try_login")
          local handle, name, id = ask(2, "login", uid, options, false)
          if not handle then return nil, name end
          return client_of(handle, name, id)
        end
        function T:advance(seconds) own(self, "advance") return (ask(2, "advance", seconds)) end
        function T:time(unix) own(self, "time") return (ask(2, "time", unix)) end
        function T:user(name, options) own(self, "user") return (ask(2, "user", name, options)) end
        function T:group(name, members) own(self, "group") return (ask(2, "group", name, members)) end
        function T:logs() own(self, "logs") return (ask(2, "logs")) end
        function T:metric(name) own(self, "metric") return (ask(2, "metric", name)) end
        function T:reload(options) own(self, "reload") return (ask(2, "reload", options)) end
        function T:sessions(uid) own(self, "sessions") return (ask(2, "sessions", uid)) end
        function T:token(uid, seconds) own(self, "token") return (ask(2, "token", uid, seconds)) end
        function T:http(answer)
          own(self, "http")
          if type(answer) ~= "function" then error("t:http takes a function(request) that returns the answer", 2) end
          stub = answer
        end
        function T:equal(got, expected, note)
          own(self, "equal")
          local path, g, e = difference(got, expected, "", 1)
          if not path then return end
          local where = (note and tostring(note) .. ": " or "") .. (path ~= "" and "at " .. path .. ": " or "")
          error(where .. "expected " .. show(e) .. ", got " .. show(g), 2)
        end

        -- What a file calls.
        local tests = {}

        rawset(_ENV, "test", function(name, options, body)
          if body == nil then options, body = nil, options end
          if type(name) ~= "string" then error("test takes a name: test(\"name\", function(t) ... end)", 2) end
          if type(body) ~= "function" then error("test takes a function: test(\"name\", function(t) ... end)", 2) end
          if options ~= nil and type(options) ~= "table" then error("a test's options are a table", 2) end
          local _, where = pcall(error, "", 3)
          tests[#tests + 1] = { name = name, options = options, body = body, where = where }
        end)

        rawset(_ENV, "assert", function(...)
          if ... then return ... end
          if select("#", ...) > 1 then
            local message = select(2, ...)
            if message ~= nil then error(message, type(message) == "string" and 2 or nil) end
          end
          error("assertion failed: expected something true, got " .. tostring((...)), 2)
        end)

        local M = { api = 1, routes = {} }

        function M.init()
          for i, test in ipairs(tests) do
            local good, why = pcall(define, i, test.name, test.where, test.options)
            if not good then error(test.where .. "options: " .. why, 0) end
          end
        end

        function M.routes.run(_, number)
          local body = tests[tonumber(number)].body
          stub, requests, current = nil, {}, setmetatable({}, t_class)
          local good, failure = pcall(body, current)
          if good then return end
          return type(failure) == "string" and failure or "error value: " .. show(failure)
        end

        function M.routes.http()
          local request = harness.request()
          requests[#requests + 1] = request
          if not stub then return harness.answer(nil, "nobody answers: the test has no t:http(function(request) ... end)") end
          local answer = pack(pcall(stub, request))
          if not answer[1] then return "t:http's function failed: " .. tostring(answer[2]) end
          harness.answer(answer[2], answer[3])
        end
        """#
}
