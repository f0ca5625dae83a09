import Messaging
import Testing

@Suite struct SessionTests {
    @Test func keepsWhoItIs() {
        let session = makeSession("爱丽丝", slot: 7, loop: 3, device: "平板")
        #expect(session.uid == "爱丽丝")
        #expect(session.device == "平板")
        #expect(session.remote == "127.0.0.1:5000")
        #expect(session.platform == 2)
        #expect(session.state == .open)
    }

    @Test func idHas32HexDigitsAndLeadsBack() throws {
        let session = makeSession("alice", slot: 12_345, loop: 63, generation: 0xfff_ffff)
        let text = session.id.description
        #expect(text.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        let id = try #require(SessionID(text))
        #expect(id == session.id)
        #expect(id.handle == session.handle)
        #expect(id.handle.slot == 12_345 && id.handle.loop == 63 && id.handle.generation == 0xfff_ffff)
    }

    @Test(arguments: ["", "abc", String(repeating: "g", count: 32), String(repeating: "A", count: 32), String(repeating: "0", count: 33)])
    func otherTextIsNoID(_ text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func idsDifferAndDoNotShowTheUser() {
        let ids = Set((0..<1000).map { makeSession("alice", slot: $0).id.description })
        #expect(ids.count == 1000)
    }

    @Test func attributesAreBoundedAndEndWithNil() {
        let session = makeSession("alice", slot: 0)
        #expect(SessionAttributes.set("mood", to: .string(Array("good".utf8)), of: session) == nil)
        #expect(SessionAttributes.value("mood", of: session) == .string(Array("good".utf8)))
        #expect(SessionAttributes.set("mood", to: nil, of: session) == nil)
        #expect(SessionAttributes.value("mood", of: session) == nil)
        #expect(SessionAttributes.set("", to: .bool(true), of: session) != nil)
        #expect(SessionAttributes.set("k", to: .string([UInt8](repeating: 0, count: 5000)), of: session) != nil)
        for index in 0..<64 { #expect(SessionAttributes.set("k\(index)", to: .integer(1), of: session) == nil) }
        #expect(SessionAttributes.set("one more", to: .integer(1), of: session) != nil)
    }
}
