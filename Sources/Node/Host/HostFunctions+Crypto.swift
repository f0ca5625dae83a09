import PluginHost

// hpush.crypto: digests as lower-case hex.
extension HostFunctions {
    static let crypto: [HostFunction<NodeLoop>] = [
        HostFunction("crypto.sha256", need: "crypto") { call, _ in .values([.text(Digest.sha256(try call.bytes(0, "text")))]) },
        HostFunction("crypto.hmac", need: "crypto") { call, _ in
            .values([.text(Digest.hmac(key: try call.bytes(0, "key"), try call.bytes(1, "text")))])
        },
        HostFunction("crypto.constant_time_equal", need: "crypto") { call, _ in
            .values([.bool(Digest.isEqual(try call.bytes(0, "left"), try call.bytes(1, "right")))])
        },
    ]
}
