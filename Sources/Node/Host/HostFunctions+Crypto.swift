import PluginHost
import Storage

// hpush.crypto: digests as lower-case hex, password hashes in the PHC format.
extension HostFunctions {
    static let digests: [AnyThreadFunction] = [
        AnyThreadFunction("crypto.sha256", need: "crypto") { call, _ in .values([.text(Digest.sha256(try call.bytes(0, "text")))]) },
        AnyThreadFunction("crypto.hmac", need: "crypto") { call, _ in
            .values([.text(Digest.hmac(key: try call.bytes(0, "key"), try call.bytes(1, "text")))])
        },
        AnyThreadFunction("crypto.constant_time_equal", need: "crypto") { call, _ in
            .values([.bool(Digest.isEqual(try call.bytes(0, "left"), try call.bytes(1, "right")))])
        },
    ]

    /// Password hashes take some 50 ms each: on the pool, never on a loop.
    static let passwords: [HostFunction<NodeLoop>] = [
        HostFunction("crypto.password_hash", need: "crypto", waits: true) { call, node in
            let hash = try passwordHash(call)
            return node.offLoop(call) { _ in [.text(try hash())] }
        },
        HostFunction("crypto.password_verify", need: "crypto", waits: true) { call, node in
            let verify = try passwordVerify(call)
            return node.offLoopInTime(call) { _ in [.bool(try verify())] }
        },
    ]

    /// The same on a worker, which they may hold up.
    static let passwordsAtOnce: [HostFunction<WorkerServices>] = [
        HostFunction("crypto.password_hash", need: "crypto") { call, _ in .values([.text(try passwordHash(call)())]) },
        HostFunction("crypto.password_verify", need: "crypto") { call, _ in .values([.bool(try passwordVerify(call)())]) },
    ]

    private static let hasher = PasswordHasher()

    private static func passwordHash(_ call: HostCall) throws -> @Sendable () throws -> String {
        let text = try password(call)
        return { try hasher.hash(text) }
    }

    private static func passwordVerify(_ call: HostCall) throws -> @Sendable () throws -> Bool {
        let text = try password(call)
        let stored = try call.text(1, "hash")
        return { try hasher.verify(text, against: stored) }
    }

    private static func password(_ call: HostCall) throws -> String {
        let text = try call.text(0, "text")
        guard Password.isValid(text) else { throw HostCallError("text has 1 to \(Password.longest) bytes") }
        return text
    }
}
