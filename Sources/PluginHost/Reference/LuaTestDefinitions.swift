/// The part of `hpush.d.lua` for `*_test.lua` files, which `hpush plugin test` runs.
enum LuaTestDefinitions {
    static let text = """
        ---What `hpush plugin test` gives to a test: a fresh node in memory, with a clock of its own.
        ---@class hpush.Test
        ---@field requests hpush.HttpRequest[] # what plugins asked by hpush.http so far
        local Test = {}

        ---Adds an account to the store.
        ---@param name string
        ---@param account? { password?: string, contacts?: string[] }
        function Test:user(name, account) end

        ---Makes a group in the store, or adds members to it.
        ---@param name string
        ---@param members string[]
        function Test:group(name, members) end

        ---@class hpush.TestLogin
        ---@field device? string
        ---@field platform? integer
        ---@field token? string
        ---@field capabilities? integer
        ---@field remote? string # the client's address, with or without a port
        ---@field app_version? string

        ---Logs a client in; the test fails where the login is refused.
        ---@param uid string
        ---@param options? hpush.TestLogin
        ---@return hpush.TestClient client
        function Test:login(uid, options) end

        ---Tries to log a client in.
        ---@param uid string
        ---@param options? hpush.TestLogin
        ---@return hpush.TestClient client # nil where it was refused
        ---@return hpush.TestRefusal refusal
        function Test:try_login(uid, options) end

        ---Lets seconds go by: timers, sleeps and times to live fire in their order.
        ---@param seconds number
        function Test:advance(seconds) end

        ---Sets the time of day.
        ---@param unix number
        function Test:time(unix) end

        ---Fails with "expected ..., got ..." where the two are not equal; tables are compared by what is in them.
        ---@param got any
        ---@param expected any
        ---@param note? string
        function Test:equal(got, expected, note) end

        ---What plugins have logged.
        ---@return { level: string, plugin: string, text: string }[]
        function Test:logs() end

        ---Answers hpush.http. nil and a text are a request that failed.
        ---@param answer fun(request: hpush.HttpRequest): hpush.HttpResponse?, string?
        function Test:http(answer) end

        ---The value of a metric of the plugin under test.
        ---@param name string
        ---@return number value # nil where nobody has counted yet
        function Test:metric(name) end

        ---Reloads the plugins, with save and restore.
        ---@param options? { config?: table<string, any> }
        ---@return any nothing
        function Test:reload(options) end

        ---How many sessions a user has.
        ---@param uid string
        ---@return integer count
        function Test:sessions(uid) end

        ---A token of the gate.
        ---@param uid string
        ---@param seconds? number
        ---@return string token
        function Test:token(uid, seconds) end

        ---@class hpush.TestRefusal
        ---@field code integer
        ---@field info string
        ---@field msg_id? integer

        ---A client of a test.
        ---@class hpush.TestClient
        ---@field uid string
        ---@field id string # of its session
        ---@field closed? string # why the node closed the connection; nil while it is open
        local TestClient = {}

        ---Sends a MESSAGE_REQUEST. A msg_id is given where there is none.
        ---@param fields hpush.Outgoing
        ---@return integer msg_id
        function TestClient:send(fields) end

        ---The next message not looked at yet, as a table of its fields.
        ---@return hpush.MessageRequest message # nil where there is none
        function TestClient:received() end

        ---The next notification not looked at yet, its JSON as a table.
        ---@return any notice
        function TestClient:notified() end

        ---The next refusal not looked at yet.
        ---@return hpush.TestRefusal refusal # nil where there is none
        function TestClient:refused() end

        ---Sends a CUSTOM_REQUEST and gives the answer's body.
        ---@param route string
        ---@param body? string
        ---@return string body # nil where it was refused
        ---@return hpush.TestRefusal refusal
        function TestClient:call(route, body) end

        ---Sends a HEART_BEAT.
        ---@return boolean echoed
        function TestClient:heartbeat() end

        ---Sends a LOGOUT_REQUEST.
        function TestClient:logout() end

        ---Breaks the connection.
        function TestClient:disconnect() end

        ---@class hpush.TestOptions
        ---@field config? table<string, any> # settings of the plugin under test
        ---@field pipeline? (string|table<string, table<string, any>>)[] # in its place; else login (open), the plugin, chat_redirect
        ---@field loops? integer # event loops, 1 unless set; clients are spread over them
        ---@field time? number # Unix time the test starts at; else 2026-01-05 12:00:00 UTC, a Monday

        ---One test. Only in *_test.lua.
        ---@param name string
        ---@param options hpush.TestOptions
        ---@param body fun(t: hpush.Test)
        ---@overload fun(name: string, body: fun(t: hpush.Test))
        function test(name, options, body) end
        """
}
