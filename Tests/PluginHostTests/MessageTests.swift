import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// msg and ctx.
@Suite struct MessageTests {
    private func handle(_ body: String, _ message: WireMessage = chat(), needs: String = "", from uid: String? = "amy") throws -> (
        Outcome, PluginBench
    ) {
        let bench = try PluginBench(
            "local M = { api = 1, needs = { \(needs) }, inbound = {} }\nM.inbound['*'] = function(ctx, msg)\n\(body)\nend\nreturn M")
        return (try bench.inbound(message, from: uid.map { bench.host.open($0) }), bench)
    }

    @Test func fieldsAreRead() throws {
        var message = chat(to: "bob", "grüß 你好", id: 9)
        message.messageRequest.time = 1 << 62
        message.messageRequest.msgType = 3
        let (outcome, _) = try handle(
            """
            assert(msg.to == "bob" and msg.content == "grüß 你好" and msg.msg_id == 9 and msg.time == 1 << 62 and msg.msg_type == 3)
            assert(msg.url == "" and msg.group == "" and msg.server_id == 0)
            assert(ctx.type == "message_request" and ctx.sequence == 9 and ctx.uid == "amy" and ctx.plugin == "p" and ctx.generation == 7)
            assert(ctx.session.uid == "amy" and #ctx.session.id == 32 and ctx.session.platform == 1 and ctx.remote == "192.0.2.1" and ctx.transport == "tcp")
            assert(type(ctx.config) == "table" and next(ctx.config) == nil)
            assert(tostring(msg) == "msg" and tostring(ctx) == "ctx")
            """, message)
        #expect(outcome.verdict == HP_NEXT, "\(outcome)")
        #expect(outcome.frame == (try Frame.encode(message)))
    }

    @Test func beforeLoginThereIsNoSession() throws {
        let (outcome, _) = try handle(
            "assert(ctx.session == nil and ctx.uid == nil) assert(msg.deviceId == 'phone' and msg.platform == 1)", login("amy"), from: nil)
        #expect(outcome.verdict == HP_NEXT, "\(outcome)")
    }

    @Test(arguments: ["server_id", "conversation_seq"])
    func theNodesOwnFieldsAreReadAndNotWritten(_ field: String) throws {
        var message = chat()
        message.messageRequest.serverID = 5
        message.messageRequest.conversationSeq = 5
        for receiver in ["msg", "msg:copy()"] {
            let (outcome, _) = try handle("assert(msg.\(field) == 5) local m = \(receiver) m.\(field) = 6", message)
            #expect(outcome.verdict == HP_FAILED)
            #expect(outcome.failure?.reason.contains("field '\(field)' is the node's own") == true, "\(outcome)")
        }
    }

    @Test func acknowledgedNumbersAreAList() throws {
        var message = WireMessage()
        message.type = .messageAck
        message.ack.serverID = [7, 1 << 62, 9]
        let (outcome, _) = try handle(
            "local ids = msg.server_id assert(#ids == 3 and ids[1] == 7 and ids[2] == 1 << 62 and ids[3] == 9)", message)
        #expect(outcome.verdict == HP_NEXT, "\(outcome)")
    }

    @Test func writesGoIntoAnOverlay() throws {
        let (outcome, _) = try handle(
            """
            local before = msg:size()
            msg.content = "changed" msg.msg_type = 7 msg.url = "u" msg.url = nil msg.to = "carol" msg.time = -1
            assert(msg.content == "changed" and msg.msg_type == 7 and msg.url == "" and msg.to == "carol")
            assert(msg:size() > before)
            """)
        var expected = chat(to: "carol", "changed").messageRequest
        expected.msgType = 7
        expected.time = .max
        #expect(outcome.message?.messageRequest == expected, "\(outcome)")
        #expect(outcome.message?.sequence == 1)
    }

    @Test func laterHandlersSeeTheChanges() throws {
        let bench = try PluginBench([
            .init(
                name: "a",
                source: "return { api = 1, inbound = { message_request = function(c, msg) msg.content = msg.content .. 'a' end } }"),
            .init(
                name: "b",
                source: "return { api = 1, inbound = { message_request = function(c, msg) msg.content = msg.content .. 'b' end } }"),
        ])
        #expect(try bench.inbound(chat("x")).message?.messageRequest.content == "xab")
        #expect(try bench.inbound(chat("y")).message?.messageRequest.content == "yab")
    }

    @Test func copiesLiveOn() throws {
        let bench = try PluginBench(
            """
            local kept
            return { api = 1,
              inbound = { message_request = function(ctx, msg) msg.content = "one" kept = msg:copy() msg.content = "two" assert(kept.content == "one") end },
              routes = { r = function() kept.url = "u" local again = kept:copy() return again.content .. again.to .. again.url .. again:size() end } }
            """)
        #expect(try bench.inbound(chat()).message?.messageRequest.content == "two")
        var expected = chat("one")
        expected.messageRequest.to = "bob"
        expected.messageRequest.url = "u"
        expected.messageRequest.content = "one"
        #expect(bench.route("r").resultText == "onebobu\(try expected.serializedData().count)")
    }

    @Test(arguments: [
        ("return msg.nothing", "message_request has no field 'nothing'; it has msg_id, from, to, time, msg_type, content, url"),
        ("msg.nothing = 1", "message_request has no field 'nothing'; it has msg_id"),
        ("msg.content = 5", "field 'content' takes a string, not a number"),
        ("msg.content = {}", "field 'content' takes a string, not a table"),
        ("msg.msg_type = 'x'", "field 'msg_type' takes an integer, not a string"),
        ("msg.msg_type = -1", "field 'msg_type' takes 0 to 4294967295"),
        ("msg.msg_type = 1.5", "field 'msg_type' takes an integer"),
        ("msg.content = '\\xff'", "field 'content' takes UTF-8 text"),
        ("return ctx.nothing", "ctx has no field 'nothing'"),
        ("ctx.uid = 1", "ctx can't be changed"),
        ("return ctx.session.nothing", "a session has no field 'nothing'"),
        ("ctx.session.uid = 'x'", "a session's fields can't be changed"),
        ("return msg.size(1)", "call it as msg:size()"),
        ("return hpush.redirect('x')", "hpush.redirect takes a message"),
        ("return hpush.redirect(msg, 5)", "hpush.redirect: uid is a string, not a number"),
        ("return hpush.redirect(msg).other", "the result of hpush.redirect has no field 'other'"),
        ("return hpush.stop.x", "this value has no fields"),
        ("return false", "inbound.* returned a boolean; a handler returns nothing, hpush.stop"),
        ("return hpush.fail('by the host')", "p.lua:3: by the host"),
        ("return hpush.fail()", "reason is a string of UTF-8 text, not a nil"),
    ]) func mistakesAreExplained(_ body: String, _ expected: String) throws {
        let (outcome, _) = try handle(body, needs: "'redirect'")
        let reason = outcome.failure?.reason ?? ""
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func redirectTellsHowManyItReached() throws {
        let bench = try PluginBench(
            """
            return { api = 1, needs = { "redirect" }, inbound = { message_request = function(ctx, msg)
              msg.content = "new"
              local a, b = hpush.redirect(msg), hpush.redirect(msg, "amy")
              hpush.log(("%d %d %d %d"):format(a.sessions, a.nodes, b.sessions, b.nodes))
              assert(a == hpush.nobody and b ~= hpush.nobody and hpush.nobody.sessions == 0)
              return hpush.stop
            end } }
            """)
        let amy = bench.host.open("amy")
        #expect(try bench.inbound(chat(), from: amy).verdict == HP_STOP)
        #expect(bench.host.logs.map(\.text) == ["0 0 1 1"])
        #expect(bench.host.redirects.map(\.message.messageRequest.content) == ["new", "new"])
        #expect(bench.host.redirects.map(\.uid) == [nil, "amy"])
        bench.host.redirectFails = "the queue is full"
        #expect(try bench.inbound(chat(), from: amy).failure?.reason == "p.lua:3: the queue is full")
    }

    @Test func sessionsAreValues() throws {
        let bench = try PluginBench(
            """
            local count = {}
            return { api = 1, needs = { "sessions" }, routes = { r = function(ctx)
              local list = hpush.sessions.of_user(ctx.uid)
              assert(#list == 2 and list[1] == ctx.session and hpush.sessions.get(ctx.session.id) == ctx.session)
              assert(hpush.sessions.get("x") == nil and hpush.sessions.local_count() == 2)
              count[ctx.session] = (count[ctx.session] or 0) + 1
              list[2]:set("n", count[list[1]])
              list[2]:notify { type = 1, list = { 1, 2 } }
              list[2]:close("bye")
              return tostring(list[2]:get("n"))
            end } }
            """)
        let amy = bench.host.open("amy")
        let other = bench.host.open("amy")
        #expect(bench.route("r", from: amy).resultText == "1")
        #expect(bench.route("r", from: amy).resultText == "2")
        #expect(other.closedFor == "bye")
        #expect(
            other.notified.first == .fields(["type": .integer(1), "list": .list([.integer(1), .integer(2)])])
                || other.notified.first?["list"] == .list([.integer(1), .integer(2)]))
        bench.host.close(amy)
        #expect(bench.route("r", from: amy).verdict == HP_FAILED)
    }

    @Test func splitMessagesAreReadOnceRewritten() throws {
        // A repeated field of an ack.
        var ack = WireMessage()
        ack.type = .messageNotification
        ack.notification.json = "{}"
        let (outcome, _) = try handle("assert(ctx.type == 'message_notification' and msg.json == '{}')", ack)
        #expect(outcome.verdict == HP_NEXT, "\(outcome)")
    }
}
