import Messaging
import PluginHost

// hpush.notify and hpush.broadcast.
extension HostFunctions {
    static let notices: [HostFunction<NodeLoop>] = [
        HostFunction("notify", need: "notify", waits: true) { call, node in
            let uid = try call.bytes(0, "uid")
            let frame = try Notice.frame(call.argument(1), node)
            if let cluster = node.cluster {
                let reach = uid.withUnsafeBytes { uid in
                    frame.withUnsafeBytes {
                        node.redirectInCluster(
                            $0, to: uid, from: SessionHandle(rawValue: 0), cluster, execution: call.execution, of: call.state
                        ) { [.integer(Int64($0.sessions))] }
                    }
                }
                return reach.map { .values([.integer(Int64($0.sessions))]) } ?? .wait
            }
            let reached = uid.withUnsafeBytes { uid in
                frame.withUnsafeBytes { node.route($0, to: uid, from: SessionHandle(rawValue: 0)) }
            }
            return .values([.integer(Int64(reached))])
        },
        HostFunction("broadcast", need: "notify", waits: true) { call, node in
            let frame = try Notice.frame(call.argument(0), node)
            frame.withUnsafeBytes {
                node.broadcast($0)
                node.broadcastAway($0)
            }
            return .none
        },
    ]
}
