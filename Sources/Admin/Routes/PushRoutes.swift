import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// What a company's own servers send to users.
struct PushRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        let control = control
        routes.add(.post, "/v1/messages") { request, _ in
            // Escapes make JSON longer than what it says.
            var body = try await JSONBody(request, upTo: control.mostMessageBytes * 2 + (64 << 10))
            let message = try PushMessage(&body)
            try body.nothingElse()
            let answer: PushAnswer
            do throws(PushFailure) { answer = try await control.push(message) } catch { throw HTTPFailure(error) }
            return try .json(answer)
        }
        routes.add(.post, "/v1/notify") { request, _ in
            var body = try await JSONBody(request, upTo: control.mostMessageBytes * 2 + (64 << 10))
            let user = try body.optionalText("to")
            let isToAll = try body.flag("all")
            let json = try body.json("json")
            try body.nothingElse()
            guard isToAll != (user != nil), user != "" else {
                throw HTTPFailure.badRequest("expected either to, a user's name, or all: true")
            }
            let answer: NoticeAnswer
            do throws(PushFailure) {
                answer = try await control.notify(user.map { .user($0) } ?? .everybody, json: json)
            } catch { throw HTTPFailure(error) }
            return try .json(answer)
        }
    }
}

extension PushMessage {
    /// The properties have the names of MessageRequest's fields.
    init(_ body: inout JSONBody) throws(HTTPFailure) {
        let from = try body.text("from")
        let to = try body.optionalText("to"), group = try body.optionalText("group")
        let recipient: Recipient
        switch (to, group) {
        case (let user?, nil) where !user.isEmpty: recipient = .user(user)
        case (nil, let name?) where !name.isEmpty: recipient = .group(name)
        default: throw HTTPFailure.badRequest("expected either to, a user's name, or group, a group's")
        }
        guard !from.isEmpty else { throw HTTPFailure.badRequest("from is a user's name, not \"\"") }
        self.init(from: from, recipient: recipient, content: try body.optionalText("content") ?? "")
        messageID = try body.optionalNumber("msg_id") ?? 0
        time = try body.optionalNumber("time")
        let type = try body.optionalNumber("msg_type") ?? 0
        guard let small = UInt32(exactly: type) else { throw HTTPFailure.badRequest("msg_type is a number up to 4294967295, not \(type)") }
        messageType = small
        url = try body.optionalText("url") ?? ""
        property = try body.optionalText("property") ?? ""
        fromNick = try body.optionalText("from_nick") ?? ""
        json = try body.optionalText("json") ?? ""
    }
}

extension HTTPFailure {
    init(_ failure: PushFailure) {
        let status: HTTPResponse.Status =
            switch failure.code {
            case .noSuchUser, .noSuchGroup: .notFound
            case .notReachable: .conflict
            case .unavailable: .serviceUnavailable
            case .tooLarge: .contentTooLarge
            }
        self.init(status, code: failure.code.rawValue, failure.description)
    }
}
