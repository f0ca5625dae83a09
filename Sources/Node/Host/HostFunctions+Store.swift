import PluginHost
import Storage
import Synchronization

// hpush.store: accounts and contacts. What may touch a disk or compute a hash runs on the pool, never on a loop.
extension HostFunctions {
    static let store: [HostFunction<NodeLoop>] = [
        HostFunction("store.user", need: "store", waits: true) { call, node in
            let uid = try call.text(0, "uid")
            guard !uid.isEmpty, node.shared.openDirectory.load(ordering: .relaxed) || node.shared.accounts.exists(name: uid) else {
                return .values([.nil])
            }
            return .values([.fields(["id": .text(uid)])])
        },
        HostFunction("store.verify", need: "store", waits: true) { call, node in
            let uid = try call.text(0, "uid")
            let password = try call.text(1, "password")
            return node.offLoopInTime(call) { shared in
                try ifUsable { [.bool(try shared.accounts.verify(name: uid, password: password))] }
            }
        },
        HostFunction("store.contacts", need: "store", waits: true) { call, node in
            let uid = try call.text(0, "uid")
            if node.shared.openDirectory.load(ordering: .relaxed), !node.shared.accounts.exists(name: uid) { return .values([.list([])]) }
            return node.offLoopInStore(call) { shared in
                try ifUsable {
                    do { return [.list(try shared.accounts.contacts(of: uid).map { .text($0) })] } catch AccountError.noSuchUser {
                        return [.list([])]
                    }
                }
            }
        },
    ]

    /// A store that is away is no fault of the plugin that asks it.
    private static func ifUsable(_ work: () throws -> [LuaValue]) throws -> [LuaValue] {
        do { return try work() } catch AccountError.unusable { return [.nil, .text("unavailable")] }
    }
}
