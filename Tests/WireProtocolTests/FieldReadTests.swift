import CWire
import Testing

@Suite struct FieldReadTests {
    private func read(_ name: String, of type: hp_head_type, from inner: [UInt8]) throws -> FieldValue {
        try #require(FieldValue.all(of: type.rawValue).first { $0.name == name }).read(from: inner)
    }

    @Test func numbersAreNarrowedToTheirKind() throws {
        #expect(try read("code", of: HP_LOGIN_RESPONSE, from: WireBytes.number(2, 0x1_0000_0005)).number == 5)
        #expect(try read("result", of: HP_LOGIN_RESPONSE, from: WireBytes.number(1, .max)).number == 1)
        #expect(try read("msg_id", of: HP_MESSAGE_REQUEST, from: WireBytes.number(1, .max)).number == .max)
    }

    @Test func anAbsentFieldHasItsDefault() throws {
        #expect(try read("to", of: HP_MESSAGE_REQUEST, from: []).bytes.isEmpty)
        #expect(try read("time", of: HP_MESSAGE_REQUEST, from: WireBytes.text(3, "bob")).number == 0)
    }

    @Test func theLastOccurrenceOfTheRightWireTypeCounts() throws {
        let inner = WireBytes.text(3, "first") + WireBytes.text(3, "last") + WireBytes.number(3, 9) + WireBytes.group(3, [])
        #expect(try read("to", of: HP_MESSAGE_REQUEST, from: inner).bytes == Array("last".utf8))
    }

    @Test func repeatedFieldsAreNotRead() throws {
        #expect(try read("server_id", of: HP_MESSAGE_ACK, from: WireBytes.number(1, 9)).number == 0)
    }
}
