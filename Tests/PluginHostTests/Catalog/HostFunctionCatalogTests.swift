import PluginHost
import Testing

/// The tests' host has the functions of a node, or what passes on it would say little about plugins.
@Suite struct HostFunctionCatalogTests {
    /// For the tests of the border alone.
    static let ofTheTests: Set<String> = ["ask", "block", "echo", "fail"]

    @Test func fakeHostOffersWhatTheCatalogLists() {
        let functions = FakeHost.functions.filter { !Self.ofTheTests.contains($0.name) }
        #expect(HostFunctionCatalog.differences(from: functions) == [])
    }

    @Test func differencesAreNamed() {
        var functions = FakeHost.functions.filter { !Self.ofTheTests.contains($0.name) && $0.name != "sleep" && $0.name != "id" }
        functions.append(.init("id", need: "store") { _, _ in .none })
        functions.append(.init("more") { _, _ in .none })
        #expect(
            HostFunctionCatalog.differences(from: functions) == [
                "id differs in its need or in whether it waits", "the catalog lacks more", "the host lacks sleep",
            ])
    }

    @Test func namesAreListedOnce() {
        let names = (HostFunctionCatalog.functions + HostFunctionCatalog.builtIn).map(\.name)
        #expect(Set(names).count == names.count)
    }
}
