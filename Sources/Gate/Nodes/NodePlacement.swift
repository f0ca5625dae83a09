import Dispatch
import Synchronization

/// Sends newcomers to nodes. Any thread.
final class NodePlacement: Sendable {
    private let directory: any NodeDirectory
    private let choice = Mutex(NodeChoice())

    init(directory: any NodeDirectory) { self.directory = directory }

    var nodes: [GateNode] { directory.nodes() }

    /// A node for a newcomer; nil when none takes logins.
    func next() -> GateNode? {
        let nodes = directory.nodes()
        let time = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
        return choice.withLock { $0.next(among: nodes, at: time) }
    }
}
