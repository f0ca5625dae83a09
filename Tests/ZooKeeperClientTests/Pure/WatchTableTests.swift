import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct WatchTableTests {
    private func handler(_ name: String, _ told: Locked<[String]>) -> WatchHandler {
        { event in told.change { $0.append("\(name) \(event.kind) \(event.path)") } }
    }

    private func fire(_ table: inout WatchTable, _ kind: WatchEvent.Kind, _ path: String) {
        for handler in table.fired(kind, path) { handler(WatchEvent(kind, path: path)) }
    }

    @Test func oneTimeWatchesFireOnce() {
        let told = Locked<[String]>([])
        var table = WatchTable()
        table.addData("/a", handler("data", told))
        table.addExists("/b", handler("exists", told))
        table.addChildren("/a", handler("children", told))
        fire(&table, .dataChanged, "/a")
        fire(&table, .dataChanged, "/a")
        fire(&table, .childrenChanged, "/a")
        fire(&table, .created, "/b")
        fire(&table, .deleted, "/b")
        #expect(told.value == ["data dataChanged /a", "children childrenChanged /a", "exists created /b"])
        #expect(table.isEmpty)
    }

    @Test func persistentWatchesStay() {
        let told = Locked<[String]>([])
        var table = WatchTable()
        table.add("/a", .persistent, handler("one", told))
        table.add("/a", .persistentRecursive, handler("all", told))
        fire(&table, .childrenChanged, "/a")
        fire(&table, .created, "/a/b")
        fire(&table, .dataChanged, "/a/b/c")
        fire(&table, .deleted, "/ab")
        fire(&table, .deleted, "/a")
        #expect(
            told.value == ["one childrenChanged /a", "all created /a/b", "all dataChanged /a/b/c", "one deleted /a", "all deleted /a"])
    }

    @Test func aWatchOfTheRootSeesEverything() {
        let told = Locked<[String]>([])
        var table = WatchTable()
        table.add("/", .persistentRecursive, handler("root", told))
        fire(&table, .created, "/x/y")
        #expect(told.value == ["root created /x/y"])
    }

    @Test func listsForAnotherServerAreInPiecesAndOfTheOldFormWhereThatIsEnough() {
        var table = WatchTable()
        for number in 0..<100 { table.addData("/some/node/\(number)") { _ in } }
        let lists = table.lists(lastZxid: 5, limit: 500)
        #expect(lists.count > 3)
        #expect(lists.allSatisfy { $0.operation == 101 && $0.lastZxid == 5 && $0.encodedSize < 1_000 })
        #expect(Set(lists.flatMap(\.data)).count == 100)
        table.add("/p", .persistent) { _ in }
        #expect(table.lists(lastZxid: 5).map(\.operation) == [105])
        #expect(WatchTable().lists(lastZxid: 5) == [])
    }

    @Test func removesByKind() {
        var table = WatchTable()
        table.addData("/a") { _ in }
        table.addChildren("/a") { _ in }
        table.add("/a", .persistent) { _ in }
        #expect(table.remove("/a", .data).count == 1)
        #expect(table.remove("/a", .any).count == 2)
        #expect(table.isEmpty)
    }
}
