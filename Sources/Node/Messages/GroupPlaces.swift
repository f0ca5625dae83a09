import Cluster
import Synchronization

/// On which other nodes a group's members are, each node with their names as a record carries them.
struct GroupPlaces: Sendable {
    struct Place: Sendable {
        /// More than one where their names are too many for a record.
        var users: [PeerUsers] = [PeerUsers()]
        var sessions: UInt32 = 0

        mutating func add(_ user: UnsafeRawBufferPointer, _ sessions: UInt32) {
            if !users[users.count - 1].add(user) {
                var more = PeerUsers()
                guard more.add(user) else { return }
                users.append(more)
            }
            self.sessions &+= sessions
        }
    }

    private(set) var nodes: [NodeID: Place] = [:]
    /// Nobody could say where some of them are.
    private(set) var isIncomplete = false

    init() {}

    /// From what is known; nil when it has to be asked for some of them.
    init?(of members: GroupDirectory.Members?, in cluster: NodeCluster?) {
        guard let cluster, let members else { return }
        var places = RemoteNodes()
        for user in members.users {
            let isKnown = user.withUnsafeBytes { user in
                guard cluster.routes.find(user, into: &places) else { return false }
                for place in places.places { nodes[place.node, default: Place()].add(user, place.sessions) }
                return true
            }
            guard isKnown else { return nil }
        }
    }

    /// Asks where it is not known; `done` is called once, on any thread.
    static func find(
        of members: GroupDirectory.Members?, in cluster: NodeCluster?, done: @escaping @Sendable (GroupPlaces) -> Void
    ) {
        guard let cluster, let members, !members.users.isEmpty else { return done(GroupPlaces()) }
        let gathering = Gathering(members.users.count, done)
        var places = RemoteNodes()
        for user in members.users {
            if user.withUnsafeBytes({ cluster.routes.find($0, into: &places) }) {
                gathering.found(user, places.places)
                continue
            }
            cluster.lookUp(String(decoding: user, as: UTF8.self)) { sessions in
                var places = RemoteNodes()
                if let sessions { places.fill(with: sessions) }
                gathering.found(user, sessions == nil ? nil : places.places)
            }
        }
    }

    /// Gathers answers until there is one for each member.
    private final class Gathering: Sendable {
        private struct State {
            var places = GroupPlaces()
            var left: Int
        }

        private let state: Mutex<State>
        private let done: @Sendable (GroupPlaces) -> Void

        init(_ count: Int, _ done: @escaping @Sendable (GroupPlaces) -> Void) {
            state = Mutex(State(left: count))
            self.done = done
        }

        func found(_ user: [UInt8], _ places: [RemoteNodes.Place]?) {
            let all: GroupPlaces? = state.withLock { state in
                if places == nil { state.places.isIncomplete = true }
                user.withUnsafeBytes { user in
                    for place in places ?? [] { state.places.nodes[place.node, default: Place()].add(user, place.sessions) }
                }
                state.left -= 1
                return state.left == 0 ? state.places : nil
            }
            if let all { done(all) }
        }
    }
}
