import Testing

@testable import ChatConsole

@Suite struct PresenceTests {
    @Test func followsNotifications() {
        var presence = Presence()
        #expect(presence.received(json: #"{"type":10,"data":{"uid":"bob"}}"#) == .online("bob"))
        #expect(presence.received(json: #"{"type":10,"data":{"user":"bob"}}"#) == nil)
        #expect(presence.received(json: #"{"type":10,"data":{"user":{"uid":"ann"}}}"#) == .online("ann"))
        #expect(presence.users == ["ann", "bob"])
        #expect(presence.received(json: #"{"type":20,"data":{"uid":"bob"}}"#) == .offline("bob"))
        #expect(presence.users == ["ann"])
    }

    @Test(arguments: [#"{"type":30,"data":{}}"#, #"{"type":10}"#, #"{"type":20,"data":{"uid":"ann"}}"#, ""])
    func saysNothing(json: String) {
        var presence = Presence()
        #expect(presence.received(json: json) == nil)
    }

    @Test func aNodeThatDrainsIsToldInWords() {
        var presence = Presence()
        let json = #"{"type":40,"data":{"reason":"drain","node":"n","seconds":20}}"#
        #expect(presence.received(json: json) == .notice("the node is going down and closes this connection soon"))
    }

    @Test(arguments: ["not json", #"{"type":99}"#, "[1]"])
    func showsWhatItDoesNotKnow(json: String) {
        var presence = Presence()
        #expect(presence.received(json: json) == .notice(json))
    }
}
