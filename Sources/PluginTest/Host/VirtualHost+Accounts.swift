import Node
import PluginHost
import Storage

// hpush.store, hpush.token and hpush.crypto. What a node does off its loops is answered in the next turn, so that handlers wait as there.
extension VirtualHost {
    static let store: [HostFunction<VirtualLoop>] = [
        HostFunction("store.user", need: "store", waits: true) { call, loop in
            let uid = try call.text(0, "uid")
            return loop.outside(call) {
                guard !uid.isEmpty, loop.node.openDirectory || loop.node.accounts.exists(name: uid) else { return [.nil] }
                return [.fields(["id": .text(uid)])]
            }
        },
        HostFunction("store.verify", need: "store", waits: true) { call, loop in
            let uid = try call.text(0, "uid")
            let password = try call.text(1, "password")
            return loop.outsideLater(call) { [.bool(try loop.node.accounts.verify(name: uid, password: password))] }
        },
        HostFunction("store.contacts", need: "store", waits: true) { call, loop in
            let uid = try call.text(0, "uid")
            return loop.outsideLater(call) {
                do { return [.list(try loop.node.accounts.contacts(of: uid).map { .text($0) })] } catch AccountError.noSuchUser {
                    return [.list([])]
                }
            }
        },
    ]

    static let tokens: [HostFunction<VirtualLoop>] = [
        HostFunction("token.verify", need: "token", waits: true) { call, loop in
            guard let token = call.argument(0).text, token.utf8.contains(UInt8(ascii: ".")) else { return .values([.nil]) }
            return loop.outsideLater(call) { [loop.node.tokens.verify(token, now: loop.node.clock.unix).map { .text($0) } ?? .nil] }
        },
        HostFunction("token.issue", need: "token", waits: true) { call, loop in
            let uid = try call.text(0, "uid")
            let seconds = call.argument(1).isNil ? 3600 : try call.number(1, "seconds")
            guard seconds >= 1, seconds <= 366 * 86_400 else { throw HostCallError("a token is good for 1 second to 366 days") }
            return loop.outsideLater(call) { [.text(loop.node.tokens.issue(uid, seconds: seconds, now: loop.node.clock.unix))] }
        },
    ]

    static let crypto: [HostFunction<VirtualLoop>] = [
        HostFunction("crypto.sha256", need: "crypto") { call, _ in .values([.text(Digest.sha256(try call.bytes(0, "text")))]) },
        HostFunction("crypto.hmac", need: "crypto") { call, _ in
            .values([.text(Digest.hmac(key: try call.bytes(0, "key"), try call.bytes(1, "text")))])
        },
        HostFunction("crypto.constant_time_equal", need: "crypto") { call, _ in
            .values([.bool(Digest.isEqual(try call.bytes(0, "left"), try call.bytes(1, "right")))])
        },
    ]

    static let passwords: [HostFunction<VirtualLoop>] = [
        HostFunction("crypto.password_hash", need: "crypto", waits: true) { call, loop in
            let text = try password(call)
            return loop.outsideLater(call) { [.text(try hasher.hash(text))] }
        },
        HostFunction("crypto.password_verify", need: "crypto", waits: true) { call, loop in
            let text = try password(call)
            let stored = try call.text(1, "hash")
            return loop.outsideLater(call) { [.bool(try hasher.verify(text, against: stored))] }
        },
    ]

    static func password(_ call: HostCall) throws -> String {
        let text = try call.text(0, "text")
        guard Password.isValid(text) else { throw HostCallError("text has 1 to \(Password.longest) bytes") }
        return text
    }

    /// Cheap: nothing is protected in a test.
    static let hasher = PasswordHasher(cost: .trivial)

    static let cluster: [HostFunction<VirtualLoop>] = [
        HostFunction("cluster.self", need: "cluster") { call, loop in loop.outside(call) { [loop.itself] } },
        HostFunction("cluster.nodes", need: "cluster") { call, loop in loop.outside(call) { [.list([loop.itself])] } },
    ]
}

extension VirtualLoop {
    /// The node as hpush.cluster describes it: a cluster of one.
    fileprivate var itself: LuaValue { .fields(["id": .integer(0), "name": .text(node.setup.name)]) }
}
