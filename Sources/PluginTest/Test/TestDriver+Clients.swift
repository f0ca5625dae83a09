import CWire
import Messaging
import Node
import PluginHost
import WireProtocol

// The methods of a client.
extension TestDriver {
    func performOfClient(_ name: String, _ arguments: TestArguments) throws -> [LuaValue] {
        guard let handle = arguments[0].integer, handle >= 1, handle <= clients.count else { throw TestFailure("there is no '\(name)'") }
        let client = clients[Int(handle) - 1]
        switch name {
        case "send": return try send(client, arguments[1])
        case "received":
            return [client.connection.take(HP_MESSAGE_REQUEST).map { .table($0.fields) } ?? .nil]
        case "notified":
            return [client.connection.take(HP_MESSAGE_NOTIFICATION).map { $0["json"] } ?? .nil]
        case "refused":
            guard let answer = client.connection.take(HP_MESSAGE_RESPONSE, where: { $0["result"] == .bool(false) }) else { return [.nil] }
            return [.fields(["code": answer["code"], "info": answer["info"], "msg_id": answer["msg_id"]])]
        case "call": return try call(client, arguments)
        case "heartbeat":
            var beat = WireMessage()
            beat.type = .heartBeat
            beat.sequence = client.nextSequence
            beat.heartBeat.uid = client.uid
            try send(beat, client)
            return [.bool(client.connection.take(HP_HEART_BEAT) != nil)]
        case "logout":
            var logout = WireMessage()
            logout.type = .logoutRequest
            logout.sequence = client.nextSequence
            try send(logout, client)
            return []
        case "disconnect":
            client.connection.close("client")
            try node.settle()
            return []
        default: throw TestFailure("there is no '\(name)'")
        }
    }

    private func send(_ client: Client, _ message: LuaValue) throws -> [LuaValue] {
        guard let fields = message.entries else { throw TestFailure("client:send takes a table of fields, not \(message.kindWithArticle)") }
        var table = fields
        let isMessage = message["type"].map { $0 == .text("message_request") } ?? true
        if isMessage {
            client.lastMessage = message["msg_id"]?.integer.map { UInt64(bitPattern: $0) } ?? client.lastMessage + 1
            if message["msg_id"] == nil { table.append(.init(.text("msg_id"), .integer(Int64(bitPattern: client.lastMessage)))) }
        }
        if message["sequence"] == nil { table.append(.init(.text("sequence"), .integer(Int64(bitPattern: client.nextSequence)))) }
        let frame: [UInt8]
        do { frame = try OutgoingMessage.withFrame(.table(table)) { Array($0) } } catch let error as HostCallError {
            throw TestFailure(error.description)
        }
        try send(frame, client)
        return [isMessage ? .integer(Int64(bitPattern: client.lastMessage)) : .nil]
    }

    /// A request that is answered: the clock moves on until it is.
    private func call(_ client: Client, _ arguments: TestArguments) throws -> [LuaValue] {
        var request = WireMessage()
        request.type = .customRequest
        request.sequence = client.nextSequence
        request.custom.route = try arguments.text(1, "a route's name")
        if !arguments[2].isNil {
            guard let body = arguments[2].bytes else {
                throw TestFailure("a route's body is a string, not \(arguments[2].kindWithArticle)")
            }
            request.custom.body = .init(body)
        }
        try send(request, client)
        let sequence = request.sequence
        let isAnswer: (ReceivedFrame) -> Bool = { $0.sequence == sequence }
        let connection = client.connection
        _ = try node.advance(atMost: patience) { connection.contains(HP_CUSTOM_RESPONSE, where: isAnswer) || !connection.isOpen }
        guard let answer = connection.take(HP_CUSTOM_RESPONSE, where: isAnswer) else {
            let info = connection.isOpen ? "the call was not answered" : "the connection closed: \(connection.closeReason ?? "")"
            return [.nil, .fields(["info": .text(info)])]
        }
        if answer["code"].integer ?? 0 == 0 { return [answer["body"]] }
        return [.nil, .fields(["code": answer["code"], "info": answer["info"]])]
    }

    private func send(_ message: WireMessage, _ client: Client) throws { try send(Frame.encode(message), client) }

    private func send(_ frame: [UInt8], _ client: Client) throws {
        guard client.connection.isOpen else {
            throw TestFailure("\(client.uid) is not connected any more (\(client.connection.closeReason ?? "closed"))")
        }
        client.connection.loop.receive(frame, client.connection)
        try node.settle()
    }
}

extension TestDriver.Client {
    var nextSequence: UInt64 {
        lastSequence += 1
        return lastSequence
    }
}
