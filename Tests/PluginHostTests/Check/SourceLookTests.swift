import Testing

@testable import PluginHost

/// What is said about a plugin's text without running it, with its line and column.
@Suite struct SourceLookTests {
    private func look(_ source: String, settings: Set<String>? = nil) throws -> [String] {
        let chunk = try LuaParser.chunk(of: Array(source.utf8))
        let layout = ModuleLayout(chunk)
        let findings =
            HandlerCheck().findings(in: layout, of: chunk) + PlaceCheck().findings(in: chunk, layout)
            + FieldCheck(settings: settings).findings(in: layout)
        return findings.sorted { $0.place < $1.place }.map { "\($0.place.line):\($0.place.column): \($0.message)" }
    }

    // MARK: Handlers

    @Test func handlersOfNoTypeOrEvent() throws {
        let source = """
            local M = { api = 1, inbound = {}, events = { sesion_open = function() end } }
            function M.inbound.mesage_request(ctx, msg) end
            M.inbound["loginrequest"] = function() end
            M.outbound = { ["*"] = function() end, nothing_like_it = function() end }
            return M
            """
        #expect(
            try look(source) == [
                "1:47: events.sesion_open never runs: there is no such event; did you mean events.session_open?",
                "2:20: inbound.mesage_request never runs: there is no such head type; did you mean inbound.message_request?",
                "3:11: inbound.loginrequest never runs: there is no such head type; did you mean inbound.login_request?",
                "4:40: outbound.nothing_like_it never runs: there is no such head type",
            ])
    }

    @Test func handlersOfWhatNeverComesThatWay() throws {
        let source = """
            local inbound = {}
            function inbound.message_response() end
            function inbound.heart_beat() end
            function inbound.message_request() end
            return { api = 1, inbound = inbound,
              outbound = { login_request = print, heart_beat = print, message_ack = print, login_response = print } }
            """
        #expect(
            try look(source) == [
                "2:18: inbound.message_response never runs: only the node sends it; outbound.message_response sees it on its way",
                "3:18: inbound.heart_beat never runs: the core answers it at once, ahead of all handlers",
                "6:16: outbound.login_request never runs: only clients send it; inbound.login_request sees it when it comes",
                "6:39: outbound.heart_beat never runs: the core answers it at once, ahead of all handlers",
                "6:59: outbound.message_ack never runs: only clients send it; inbound.message_ack sees it when it comes",
            ])
    }

    @Test func keysThatNothingReads() throws {
        let source = "local M = { api = 1, need = { 'store' }, helper = {}, event = 1 }\nM.inbond = {}\nM.version = M.event\nreturn M"
        #expect(
            try look(source) == [
                "1:22: nothing reads 'need' of the plugin's table; did you mean needs?",
                "2:3: nothing reads 'inbond' of the plugin's table; did you mean inbound?",
            ])
    }

    @Test func needsThatAreNone() throws {
        let found = try look("return { api = 1, needs = { 'sesions', 'store', 'nothing' } }")
        #expect(found.count == 2)
        #expect(found.first == "1:29: needs names 'sesions', which this host does not have; did you mean sessions?")
        #expect(found.last?.hasPrefix("1:49: needs names 'nothing', which this host does not have; it has ") == true)
    }

    // MARK: Waiting

    @Test func waitingWhereNothingCan() throws {
        let source = """
            local sessions = hpush.sessions
            local function count(uid) return #sessions.of_user(uid) end
            local M = { api = 1, needs = { "sessions" }, outbound = {}, inbound = {} }
            function M.outbound.message_request(ctx, msg)
              if msg.content == "x" then hpush.sleep(1) end
              return count(msg.to)
            end
            function M.inbound.message_request(ctx, msg) hpush.sleep(1) count(msg.to) end
            function M.init(ctx)
              hpush.spawn(function() hpush.sleep(1) end)
              count("x")
            end
            function M.save() return hpush.sleep(1) end
            M.offload = { work = function(text) return hpush.reject { info = text } end }
            return M
            """
        #expect(
            try look(source) == [
                "2:35: hpush.sessions.of_user waits, which is not possible in outbound handlers; outbound.message_request comes here",
                "5:30: hpush.sleep waits, which is not possible in outbound handlers",
                "13:26: hpush.sleep waits, which is not possible in init, save and restore",
                "14:44: hpush.reject can't be called in offload",
            ])
    }

    @Test func callsWhileThePluginLoads() throws {
        let source = """
            local id = hpush.id()
            local now, log = hpush.now(), hpush.log.info("loading")
            if now > 5 then hpush.spawn(print) end
            local M = { api = 1, started = hpush.shared.incr("starts"), no = hpush.reject { code = 7 } }
            return M
            """
        #expect(
            try look(source) == [
                "1:12: hpush.id can't be called while the plugin loads; call it from init or a handler",
                "3:17: hpush.spawn can't be called while the plugin loads; call it from init or a handler",
                "4:32: hpush.shared.incr can't be called while the plugin loads; call it from init or a handler",
                "4:66: hpush.reject can't be called while the plugin loads; call it from a handler",
            ])
    }

    // MARK: Fields

    @Test func fieldsThatHandlersArgumentsLack() throws {
        let source = """
            local M = { api = 1, inbound = {}, events = {}, routes = {}, timers = { { every = 1, run = function(ctx) return ctx.sesion end } } }
            function M.inbound.message_request(ctx, msg)
              local session, copy = ctx.session, msg:copy()
              session:sned { content = msg.contnet }
              copy.form = "x"
              return ctx.config.limt, ctx.config.limit, msg:size(), ctx.remote, session.uid
            end
            M.inbound["*"] = function(ctx, msg) return msg.anything end
            function M.inbound.login_request(ctx, msg) ctx:accept { uid = msg.uid } return msg.content end
            function M.events.session_open(context) context:accept { uid = "x" } end
            function M.events.undeliverable(ctx, msg) return msg.too end
            function M.init(ctx) return ctx.config.limti end
            return M
            """
        #expect(
            try look(source, settings: ["limit"]) == [
                "1:117: ctx has no field 'sesion'; did you mean ctx.session?", "4:11: a session has no field 'sned'; did you mean send?",
                "4:32: message_request has no field 'contnet'; did you mean content?",
                "5:8: message_request has no field 'form'; did you mean from?",
                "6:21: the plugin's config has no setting 'limt'; did you mean limit?", "9:84: login_request has no field 'content'",
                "10:49: ctx:accept belongs into inbound.login_request: only a login can be accepted",
                "11:54: message_request has no field 'too'; did you mean to?",
                "12:40: the plugin's config has no setting 'limti'; did you mean limit?",
            ])
    }

    @Test func aFunctionOfSeveralHandlersHasTheFieldsOfAllTheirTypes() throws {
        let source = """
            local function handle(ctx, msg) return msg.content, msg.token, msg.nothing end
            return { api = 1, inbound = { message_request = handle, login_request = handle } }
            """
        #expect(try look(source) == ["1:68: message_request and login_request has no field 'nothing'"])
    }

    @Test func whatIsNotCertainIsNotSaid() throws {
        let source = """
            local M = { api = 1, inbound = {}, outbound = {} }
            local wait = hpush.sleep
            if M.x then wait = print end
            function M.outbound.message_request(ctx, msg)
              wait(1)
              pcall(hpush.sleep, 1)
              msg = { anything = 1 }
              local f = function() hpush.sleep(1) end
              return msg.anything
            end
            function M.inbound.message_request(ctx, msg)
              local other = ctx
              other = {}
              return other.anything
            end
            return M
            """
        #expect(try look(source) == [])
    }

    // MARK: Ends of chains

    private func ended(_ source: String) throws -> Set<String> {
        EndCheck().endedTypes(in: ModuleLayout(try LuaParser.chunk(of: Array(source.utf8))))
    }

    @Test(arguments: [
        "return hpush.stop", "return hpush.reject { code = 7 }", "return (hpush.close())",
        "if msg.to == 'x' then return hpush.stop end error('no')",
        "if msg.to == 'x' then return hpush.stop else return hpush.reject() end", "do return hpush.stop end",
        "for i = 1, 3 do if i == 2 then return hpush.stop end end return hpush.stop", "return deny('x')",
        "local stop = hpush.stop return stop",
    ])
    func alwaysEnding(_ body: String) throws {
        let source = """
            local reject = hpush.reject
            local function deny(text) return reject { info = text } end
            return { api = 1, inbound = { message_request = function(ctx, msg) \(body) end } }
            """
        #expect(try ended(source) == ["message_request"])
    }

    @Test func anEndForAllTypesLeavesThoseWithAHandler() throws {
        let source = "return { api = 1, inbound = { ['*'] = function() return hpush.stop end, message_request = function() end } }"
        #expect(try ended(source) == ["login_request", "logout_request", "message_ack", "sync_request", "custom_request"])
    }

    @Test(arguments: [
        "", "if msg.to == 'x' then return hpush.stop end", "return msg.to and hpush.stop", "return", "return nil",
        "return hpush.stop, 1 == 2 and nil",
        "return maybe()", "if msg.to then return end return hpush.stop", "while true do return hpush.stop end", "return loop()",
        "goto over do return hpush.stop end ::over::",
    ])
    func notAlwaysEnding(_ body: String) throws {
        let source = """
            local function maybe() if os.time() > 5 then return hpush.stop end end
            local function loop() return loop() end
            return { api = 1, inbound = { message_request = function(ctx, msg) \(body) end } }
            """
        let expected: Set<String> = body.hasPrefix("return hpush.stop, ") ? ["message_request"] : []
        #expect(try ended(source) == expected)
    }
}
