import CPluginBridge
import Cluster
import PluginHost
import Reactor

// Nodes that come and go.
extension NodeLoop {
    func nodeJoined(_ id: NodeID, _ record: NodeRecord, _ cluster: NodeCluster) {
        if owner(of: id) == index, let address = record.peer(id) {
            cluster.heard.placed(id, at: "\(address.host):\(address.port)", now: loop.now / 1_000_000)
            addPeer(address, cluster)
        }
        if index == 0 { fire(.nodeUp, id, record) }
    }

    func nodeLeft(_ id: NodeID, _ record: NodeRecord) {
        if owner(of: id) == index { removePeer(id) }
        acceptor?.gone(id)
        peerRules[id] = nil
        // It may have stored messages and not sent them here any more.
        readStoreInTurn()
        if index == 0 { fire(.nodeDown, id, record) }
    }

    /// node_up and node_down run once per node, on the first loop; the handler's second argument tells of the node.
    private func fire(_ event: Event, _ id: NodeID, _ record: NodeRecord) {
        guard let state = plugins, state.hasEvent("\(event.name)") else { return }
        input.pointee = hp_input()
        input.pointee.kind = HP_EVENT
        input.pointee.name = event.bytes
        let value = LuaValue.encode([HostFunctions.fields(id, record)])
        value.withUnsafeBytes { bytes in
            input.pointee.value = UnsafeRawBufferPointer(bytes).hpBytes
            state.run(input, outcome)
        }
        input.pointee = hp_input()
        finishOther(HP_EVENT, nil, state)
        afterRun(state)
    }
}
