import Messaging
import Node
import PluginHost
import Storage

// hpush.store: messages and groups, in memory.
extension VirtualHost {
    static let messages: [HostFunction<VirtualLoop>] = [
        HostFunction("store.save", need: "store", waits: true) { call, loop in
            let message = try StoreArguments.message(call)
            let most = try StoreArguments.mostWaiting(call)
            guard let body = StoredFrame.body(of: message.frame) else { return .values([.nil, .text("not a message")]) }
            let group = message.string("group")
            let draft = MessageDraft(
                sender: message.string("from"), device: loop.node.find(SessionHandle(rawValue: call.session))?.device ?? "",
                recipient: group.isEmpty ? .user(message.string("to")) : .group(group), messageID: 0,
                serverID: loop.node.ids.next(now: loop.node.clock.unixMilliseconds), time: loop.node.clock.unixMilliseconds, body: body,
                mostWaiting: most)
            return loop.outsideLater(call) {
                switch try loop.node.messages.commit([.save(draft)])[0] {
                case .saved(let serverID, let sequence, let isDuplicate):
                    return [
                        .fields([
                            "server_id": .integer(Int64(bitPattern: serverID)), "conversation_seq": .integer(Int64(bitPattern: sequence)),
                            "duplicate": .bool(isDuplicate),
                        ])
                    ]
                case .inboxFull: return [.nil, .text("full")]
                case .tooLarge: return [.nil, .text("too large")]
                case .noSuchGroup: return [.nil, .text("no such group")]
                case .notMember: return [.nil, .text("not a member")]
                case .expired, .done: return [.nil, .text("unavailable")]
                }
            }
        },
        HostFunction("store.history", need: "store", waits: true) { call, loop in
            let conversation = try StoreArguments.conversation(call)
            let (after, limit) = try StoreArguments.page(call)
            return loop.outsideLater(call) {
                [try StoreArguments.list(loop.node.messages.history(conversation, after: after, limit: limit, bytes: 1 << 20))]
            }
        },
        HostFunction("store.group", need: "store", waits: true) { call, loop in
            let name = try call.text(0, "name")
            return loop.outsideLater(call) { [StoreArguments.members(try loop.node.messages.members(of: name)?.map { Array($0.utf8) })] }
        },
        HostFunction("store.member", need: "store", waits: true) { call, loop in
            let name = try call.text(0, "group")
            let user = try call.text(1, "uid")
            return loop.outsideLater(call) {
                StoreArguments.membership(try loop.node.messages.members(of: name).map { Set($0.map { Array($0.utf8) }) }, user)
            }
        },
        HostFunction("store.expire", need: "store", waits: true) { call, loop in
            let seconds = try StoreArguments.age(call)
            let now = loop.node.clock.unixMilliseconds
            return loop.outsideLater(call) {
                let write = StoreWrite.expire(before: now - min(UInt64(seconds * 1000), now), now: now)
                guard case .expired(let count) = try loop.node.messages.commit([write])[0] else { return [.nil, .text("unavailable")] }
                return [.integer(Int64(count))]
            }
        },
    ]
}
