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

    @Test func itIsBounded() {
        let routes = RemoteRoutes(most: 640)
        for number in 0..<10_000 { routes.store("user-\(number)", [session("a", 1)]) }
        #expect(routes.count <= 640)
        #expect(routes.count > 300)
    }
}
