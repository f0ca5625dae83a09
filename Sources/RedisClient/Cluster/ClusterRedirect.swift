/// What a node of a Redis Cluster answers instead of carrying a command out.
enum ClusterRedirect: Equatable {
    /// The slot belongs to another node.
    case moved(slot: Int, RedisAddress)
    /// The slot is on its way: this once, ask there.
    case ask(RedisAddress)
    /// Soon again. `isDown`: the map may be old.
    case later(isDown: Bool)

    /// - Parameter from: the node that answered.
    init?(_ error: RedisError, from: RedisAddress) {
        guard error.code == .server else { return nil }
        switch error.serverCode {
        case "MOVED", "ASK":
            let parts = error.message.split(separator: " ")
            guard parts.count >= 3, let slot = Int(parts[1]), (0..<HashSlot.count).contains(slot),
                let colon = parts[2].lastIndex(of: ":"), let port = Int(parts[2][parts[2].index(after: colon)...])
            else { return nil }
            let host = String(parts[2][..<colon])
            let address = RedisAddress(host.isEmpty || host == "?" ? from.host : host, port)
            self = parts[0] == "MOVED" ? .moved(slot: slot, address) : .ask(address)
        case "TRYAGAIN", "LOADING", "MASTERDOWN": self = .later(isDown: false)
        case "CLUSTERDOWN": self = .later(isDown: true)
        default: return nil
        }
    }
}
