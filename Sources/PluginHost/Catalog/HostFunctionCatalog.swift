/// The host API, version 1: every function a node offers to its plugins.
public enum HostFunctionCatalog {
    /// The functions a host provides by `HostFunction`.
    public static let functions: [HostFunctionDescription] = [
        .init("sessions.of_user", need: "sessions", waits: true),
        .init("sessions.get", need: "sessions"),
        .init("sessions.local_count", need: "sessions"),
        .init("session.id"),
        .init("session.uid"),
        .init("session.device"),
        .init("session.platform"),
        .init("session.remote"),
        .init("session.node"),
        .init("session.since"),
        .init("session:send"),
        .init("session:notify"),
        .init("session:close"),
        .init("session:get"),
        .init("session:set"),
        .init("notify", need: "notify", waits: true),
        .init("broadcast", need: "notify", waits: true),
        .init("store.user", need: "store", waits: true),
        .init("store.verify", need: "store", waits: true),
        .init("store.contacts", need: "store", waits: true),
        .init("token.verify", need: "token", waits: true),
        .init("token.issue", need: "token", waits: true),
        .init("crypto.sha256", need: "crypto"),
        .init("crypto.hmac", need: "crypto"),
        .init("crypto.constant_time_equal", need: "crypto"),
        .init("crypto.password_hash", need: "crypto", waits: true),
        .init("crypto.password_verify", need: "crypto", waits: true),
        .init("http", need: "http", waits: true),
        .init("offload", need: "offload", waits: true),
        .init("cluster.self", need: "cluster"),
        .init("cluster.nodes", need: "cluster"),
        .init("id"),
        .init("sleep", waits: true),
        .init("shared.get"),
        .init("shared.set"),
        .init("shared.incr"),
        .init("shared.add"),
        .init("shared.delete"),
        .init("metrics.add"),
        .init("metrics.set"),
        .init("ctx.remote"),
        .init("ctx.transport"),
    ]

    /// What the bridge itself puts under `hpush`.
    public static let builtIn: [HostFunctionDescription] = [
        .init("stop"), .init("reject"), .init("close"),
        .init("log"), .init("log.debug"), .init("log.info"), .init("log.warning"), .init("log.error"),
        .init("now"), .init("monotonic"), .init("uuid"),
        .init("json.encode"), .init("json.decode"), .init("base64.encode"), .init("base64.decode"),
        .init("spawn"),
        .init("redirect", need: "redirect", waits: true),
    ]

    /// What `needs` may name.
    public static let needs: Set<String> = Set((functions + builtIn).compactMap(\.need))

    /// In what a host's functions differ from the catalog, a line each; empty when they agree.
    public static func differences<Services>(from hosts: [HostFunction<Services>]) -> [String] {
        let listed = Dictionary(functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let found = Dictionary(hosts.map { ($0.name, $0.description) }, uniquingKeysWith: { first, _ in first })
        return Set(listed.keys).union(found.keys).sorted().compactMap { name in
            switch (listed[name], found[name]) {
            case (nil, _): "the catalog lacks \(name)"
            case (_, nil): "the host lacks \(name)"
            case (let listed, let found): listed == found ? nil : "\(name) differs in its need or in whether it waits"
            }
        }
    }
}
