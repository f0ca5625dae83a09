import Testing

@testable import Cluster

@Suite struct RemoteRoutesTests {
    private func session(_ id: String, _ node: UInt32) -> RemoteSession {
        RemoteSession(id: id, uid: "bob", node: NodeID(node), device: "d", platform: 1, since: 5)
    }

    private func find(_ routes: RemoteRoutes, _ uid: String) -> [RemoteNodes.Place]? {
        var nodes = RemoteNodes()
        let known = Array(uid.utf8).withUnsafeBytes { routes.find($0, into: &nodes) }
        return known ? nodes.places : nil
    }

    @Test func whatWasNotAskedIsNotKnownAndNowhereIsAnAnswer() {
        let routes = RemoteRoutes()
        #expect(find(routes, "bob") == nil)
        routes.store("bob", [])
        #expect(find(routes, "bob") == [])
        #expect(routes.sessions(of: "bob") == [])
    }

    @Test func aUsersNodesComeWithTheirSessions() {
        let routes = RemoteRoutes()
        routes.store("bob", [session("a", 1), session("b", 2), session("c", 1)])
        #expect(find(routes, "bob") == [.init(node: NodeID(1), sessions: 2), .init(node: NodeID(2), sessions: 1)])
        routes.store("bob", [session("b", 2)])
        #expect(find(routes, "bob") == [.init(node: NodeID(2), sessions: 1)])
    }

    @Test func whatIsForgottenHasToBeAskedAgain() {
        let routes = RemoteRoutes()
        routes.store("bob", [session("a", 1)])
        routes.store("ann", [session("b", 1)])
        routes.forget("bob")
        #expect(find(routes, "bob") == nil)
        #expect(find(routes, "ann") != nil)
        routes.forgetAll()
        #expect(find(routes, "ann") == nil)
        #expect(routes.count == 0)
    }

    @Test func aNodeThatSaysTheUserIsNotThereIsBelieved() {
        let routes = RemoteRoutes()
        routes.store("bob", [session("a", 1), session("b", 2)])
        routes.forget("bob", on: NodeID(1))
        #expect(find(routes, "bob") == [.init(node: NodeID(2), sessions: 1)])
    }

    @Test func manyNodesOfOneUserAreKnown() {
        let routes = RemoteRoutes()
        routes.store("bob", (1...5).map { session("s\($0)", $0) })
        #expect(find(routes, "bob")?.map(\.node.rawValue) == [1, 2, 3, 4, 5])
        routes.store("bob", [session("a", 7)])
        #expect(find(routes, "bob") == [.init(node: NodeID(7), sessions: 1)])
    }

    /// Against a dictionary, with names that come, change and go.
    @Test func itIsAsADictionary() {
        var random = SystemRandomNumberGenerator()
        let routes = RemoteRoutes()
        var known: [String: [UInt32]] = [:]
        for _ in 0..<50_000 {
            let uid = "u\(Int.random(in: 0..<3000, using: &random))"
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                routes.forget(uid)
                known[uid] = nil
            case 1:
                #expect(find(routes, uid)?.map(\.node.rawValue) == known[uid])
            default:
                let nodes = (0..<UInt32.random(in: 0..<4, using: &random)).map { $0 * 3 + 1 }
                routes.store(uid, nodes.map { session("s\($0)", $0) })
                known[uid] = nodes
            }
        }
        #expect(routes.count == known.count)
        for (uid, nodes) in known { #expect(find(routes, uid)?.map(\.node.rawValue) == nodes) }
    }

    @Test func itIsBounded() {
        let routes = RemoteRoutes(most: 640)
        for number in 0..<10_000 { routes.store("user-\(number)", [session("a", 1)]) }
        #expect(routes.count <= 640)
        #expect(routes.count > 300)
    }
}
