import Foundation
import Testing

@testable import Cluster

@Suite struct RouteEntryTests {
    private func entry(_ device: String) -> RouteEntry {
        RouteEntry(node: NodeID(7), LocalRoute(uid: "bob", id: "0a", device: device, platform: 3, since: 1_700_000_000_123))
    }

    @Test func itsJSONHasTheFourFields() {
        #expect(String(decoding: entry("phone").json, as: UTF8.self) == #"{"device":"phone","node":7,"platform":3,"since":1700000000123}"#)
    }

    @Test(arguments: ["", "a \"b\" \\ c", "line\nbreak\u{1}\u{7f}", "手机 📱", "\t"]) func whateverTheDeviceIsCalledComesBack(_ device: String)
        throws
    {
        let written = entry(device)
        #expect(RouteEntry(written.json) == written)
        let read = try JSONSerialization.jsonObject(with: Data(written.json)) as? [String: Any]
        #expect(read?["device"] as? String == device)
    }

    @Test func otherFieldsAndMissingOnesAreNoHindrance() {
        #expect(RouteEntry(Array(#"{"node":5,"more":1}"#.utf8))?.node == 5)
        #expect(RouteEntry(Array(#"{"device":"d"}"#.utf8)) == nil)
        #expect(RouteEntry(Array("nonsense".utf8)) == nil)
    }
}
