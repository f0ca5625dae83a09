import Testing

@testable import Gate

@Suite struct NodeChoiceTests {
    private static func node(_ id: Int64, balance: Int, draining: Bool = false, stale: Bool = false) -> GateNode {
        GateNode(id: id, balance: balance, host: "h", port: 7000, name: "n\(id)", draining: draining, stale: stale)
    }

    private static func sent(_ count: Int, to nodes: [GateNode], _ choice: inout NodeChoice, at time: Double = 0) -> [Int64: Int] {
        var sent: [Int64: Int] = [:]
        for _ in 0..<count { if let node = choice.next(among: nodes, at: time) { sent[node.id, default: 0] += 1 } }
        return sent
    }

    @Test func theLeastLoadedIsTaken() {
        var choice = NodeChoice()
        let nodes = [Self.node(1, balance: 9), Self.node(2, balance: 3), Self.node(3, balance: 5)]
        #expect(choice.next(among: nodes, at: 0)?.id == 2)
    }

    @Test func nodesThatTakeNoLoginsAreLeftOut() {
        var choice = NodeChoice()
        let nodes = [Self.node(1, balance: 0, draining: true), Self.node(2, balance: 0, stale: true), Self.node(3, balance: 900)]
        #expect(Self.sent(10, to: nodes, &choice) == [3: 10])
        #expect(choice.next(among: [nodes[0], nodes[1]], at: 0) == nil)
        #expect(choice.next(among: [], at: 0) == nil)
    }

    @Test func equalNodesTakeTurns() {
        var choice = NodeChoice()
        let nodes = [Self.node(1, balance: 0), Self.node(2, balance: 0), Self.node(3, balance: 0)]
        #expect((0..<6).map { choice.next(among: nodes, at: Double($0) * 10)?.id } == [1, 2, 3, 1, 2, 3])
    }

    @Test func aBurstBetweenTwoRefreshesSpreads() {
        var choice = NodeChoice()
        let nodes = [Self.node(1, balance: 0), Self.node(2, balance: 0), Self.node(3, balance: 30)]
        #expect(Self.sent(90, to: nodes, &choice) == [1: 40, 2: 40, 3: 10])
    }

    @Test func newcomersThatShowInTheBalanceCountOnce() {
        var choice = NodeChoice()
        _ = Self.sent(20, to: [Self.node(1, balance: 0), Self.node(2, balance: 0)], &choice)
        // All ten of node 1 have come, of node 2 five: the other five are still waited for, so both are at ten.
        let later = [Self.node(1, balance: 10), Self.node(2, balance: 5)]
        #expect(Self.sent(10, to: later, &choice, at: 1) == [1: 5, 2: 5])
    }

    @Test func newcomersThatNeverComeAreForgotten() {
        var choice = NodeChoice()
        let nodes = [Self.node(1, balance: 0), Self.node(2, balance: 4)]
        #expect(Self.sent(4, to: nodes, &choice) == [1: 4])
        #expect(Self.sent(4, to: nodes, &choice, at: NodeChoice.patience) == [1: 4])
    }

    @Test func aNodeThatWasAwayStartsAnew() {
        var choice = NodeChoice()
        _ = Self.sent(10, to: [Self.node(1, balance: 0)], &choice)
        let nodes = [Self.node(2, balance: 0)]
        #expect(choice.next(among: nodes, at: 0)?.id == 2)
        // Back, its old newcomers are not held against it.
        #expect(choice.next(among: [Self.node(1, balance: 0), Self.node(2, balance: 5)], at: 0)?.id == 1)
    }

    @Test func hostsOfWildcardListenersAreTheGates() {
        #expect(ReachableHost.of("0.0.0.0", asked: "gate.example:8080") == "gate.example")
        #expect(ReachableHost.of("::", asked: "[fd00::1]:8080") == "fd00::1")
        #expect(ReachableHost.of("10.0.0.7", asked: "gate.example") == "10.0.0.7")
        for wrong in [nil, "", ":8080", "a b", "<script>", String(repeating: "a", count: 300)] {
            #expect(ReachableHost.of("0.0.0.0", asked: wrong) == "0.0.0.0")
        }
    }
}
