import Foundation
import Messaging
import PluginHost
import Storage
import WireProtocol

// hpush.store: messages and groups.
extension HostFunctions {
    static let messages: [HostFunction<NodeLoop>] = [
        HostFunction("store.save", need: "store", waits: true) { call, node in
            node.save(try StoreArguments.message(call), mostWaiting: try StoreArguments.mostWaiting(call), call)
        },
        HostFunction("store.history", need: "store", waits: true) { call, node in
            let conversation = try StoreArguments.conversation(call)
            let (after, limit) = try StoreArguments.page(call)
            return node.fromStore(call) {
                [try StoreArguments.list($0.store.history(conversation, after: after, limit: limit, bytes: 1 << 20))]
            }
        },
        HostFunction("store.group", need: "store", waits: true) { call, node in
            let name = try call.text(0, "name")
            if let known = node.shared.messages.groups.known(name) { return .values([StoreArguments.members(known?.users)]) }
            return node.fromStore(call) { [StoreArguments.members(try $0.groups.find(name)?.users)] }
        },
        HostFunction("store.member", need: "store", waits: true) { call, node in
            let name = try call.text(0, "group")
            let user = try call.text(1, "uid")
            if let known = node.shared.messages.groups.known(name) { return .values(StoreArguments.membership(known?.set, user)) }
            return node.fromStore(call) { StoreArguments.membership(try $0.groups.find(name)?.set, user) }
        },
        HostFunction("store.expire", need: "store", waits: true) { call, node in
            let seconds = try StoreArguments.age(call)
            let now = UInt64(Date().timeIntervalSince1970 * 1000)
            return node.toStore(call, .expire(before: now - min(UInt64(seconds * 1000), now), now: now))
        },
    ]
}

extension NodeLoop {
    /// Reads on a thread of the store and lets the calling handler go on with what that gives; nil and a reason where it failed.
    fileprivate func fromStore(_ call: HostCall, _ work: @escaping @Sendable (MessageService) throws -> [LuaValue]) -> HostAnswer {
        let messages = shared.messages
        let answer = answer(to: call)
        let isQueued = messages.readers.submit {
            answer(.success((try? work(messages)) ?? [.nil, .text("unavailable")]))
        }
        return isQueued ? waitForStore(call) : .values([.nil, .text("busy")])
    }

    fileprivate func toStore(_ call: HostCall, _ write: StoreWrite) -> HostAnswer {
        let answer = answer(to: call)
        let isQueued = shared.messages.writer.submit(write) { result in
            guard case .success(.expired(let count)) = result else { return answer(.success([.nil, .text("unavailable")])) }
            answer(.success([.integer(Int64(count))]))
        }
        return isQueued ? waitForStore(call) : .values([.nil, .text("busy")])
    }

    private func waitForStore(_ call: HostCall) -> HostAnswer {
        noteStoreWait(call)
        return .wait
    }
}

/// What the functions of hpush.store take and give, on a node and in tests.
package enum StoreArguments {
    package static func message(_ call: HostCall) throws -> MessageReference {
        guard case .message(let message) = call.argument(0) else {
            throw HostCallError("store.save takes a message, not a \(call.argument(0).kind)")
        }
        return message
    }

    package static func mostWaiting(_ call: HostCall) throws -> Int {
        if call.argument(1).isNil { return .max }
        guard let most = call.argument(1)["max_messages"]?.integer, most > 0 else {
            throw HostCallError("store.save: the second argument is a table with max_messages, a number above 0")
        }
        return Int(most)
    }

    /// `"group:NAME"`, or two users `{ "alice", "bob" }`.
    package static func conversation(_ call: HostCall) throws -> Conversation {
        if let name = call.argument(0).text, name.hasPrefix("group:") { return Conversation(of: "", with: name) }
        guard let users = call.argument(0).elements?.compactMap(\.text), users.count == 2 else {
            throw HostCallError("conversation is \"group:NAME\" or a list of two users")
        }
        return .between(users[0], users[1])
    }

    package static func page(_ call: HostCall) throws -> (after: UInt64, limit: Int) {
        let after = call.argument(1).isNil ? 0 : try call.number(1, "after_seq")
        let limit = call.argument(2).isNil ? 100 : try call.number(2, "limit")
        guard after >= 0, after < 9e15 else { throw HostCallError("after_seq is a number from 0") }
        guard (1...1000).contains(limit) else { throw HostCallError("limit is 1 to 1000") }
        return (UInt64(after), Int(limit))
    }

    package static func age(_ call: HostCall) throws -> Double {
        let seconds = try call.number(0, "seconds")
        guard seconds >= 0, seconds < 1e11 else { throw HostCallError("seconds is a number from 0") }
        return seconds
    }

    package static func members(_ users: [[UInt8]]?) -> LuaValue { users.map { .list($0.map { .string($0) }) } ?? .nil }

    package static func membership(_ members: Set<[UInt8]>?, _ user: String) -> [LuaValue] {
        guard let members else { return [.nil] }
        return [.integer(Int64(members.count)), .bool(members.contains(Array(user.utf8)))]
    }

    package static func list(_ page: HistoryPage) -> LuaValue {
        .list(
            page.messages.map { stored in
                let message = StoredFrame.message(stored)
                return .fields([
                    "server_id": .integer(Int64(bitPattern: stored.serverID)),
                    "conversation_seq": .integer(Int64(bitPattern: stored.sequence)),
                    "msg_id": .integer(Int64(bitPattern: message.msgID)), "from": .text(message.from), "to": .text(message.to),
                    "group": .text(message.group), "time": .integer(Int64(bitPattern: message.time)),
                    "msg_type": .integer(Int64(message.msgType)), "content": .text(message.content), "url": .text(message.url),
                    "property": .text(message.property), "from_nick": .text(message.fromNick), "json": .text(message.json),
                ])
            })
    }
}
