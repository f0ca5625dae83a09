import PluginHost
import Testing

@testable import Node

/// The node offers what the catalog says: `plugin check` and the documentation go by the catalog.
@Suite struct HostFunctionCatalogTests {
    @Test func nodeOffersWhatTheCatalogLists() {
        #expect(HostFunctionCatalog.differences(from: HostFunctions.all) == [])
    }

    @Test func namesAreListedOnce() {
        let listed = HostFunctionCatalog.functions.map(\.name)
        let offered = HostFunctions.all.map(\.name)
        #expect(Set(listed).count == listed.count)
        #expect(Set(offered).count == offered.count)
    }
}
