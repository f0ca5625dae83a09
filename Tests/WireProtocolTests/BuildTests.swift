import CWire
import Testing
import WireProtocol

@Suite struct BuildTests {
    private func field(_ type: hp_head_type, _ name: String) throws -> FieldValue {
        try #require(FieldValue.all(of: type.rawValue).first { $0.name == name })
    }

    @Test func aResponseIsBuiltFromNothing() throws {
        var code = try field(HP_LOGIN_RESPONSE, "code")
        var info = try field(HP_LOGIN_RESPONSE, "info")
        code.number = 1
        info.bytes = Array("login failed".utf8)
        let body = try #require(FieldValue.build([code, info], type: HP_LOGIN_RESPONSE.rawValue, sequence: 300, session: Array("ab".utf8)))
        let expected = WireMessage.with {
            $0.type = .loginResponse
            $0.sequence = 300
            $0.sessionID = "ab"
            $0.loginResponse.code = 1
            $0.loginResponse.info = "login failed"
        }
        #expect(try WireMessage(serializedBytes: body) == expected)
        #expect(try body == expected.serializedBytes())
    }

    @Test func aResponseOfDefaultsIsStillThere() throws {
        let body = try #require(FieldValue.build([try field(HP_MESSAGE_RESPONSE, "result")], type: HP_MESSAGE_RESPONSE.rawValue))
        #expect(try WireMessage(serializedBytes: body).hasMessageResponse)
        let plain = try #require(FieldValue.build([], type: HP_LOGOUT_RESPONSE.rawValue, sequence: 3))
        #expect(plain == [0x08, 0x03, 0x10, 0x03])
    }

    @Test func aBoolIsWrittenAsOne() throws {
        var result = try field(HP_MESSAGE_RESPONSE, "result")
        result.number = 300
        let body = try #require(FieldValue.build([result], type: HP_MESSAGE_RESPONSE.rawValue))
        #expect(body == WireBytes.number(1, 6) + WireBytes.bytes(7, WireBytes.number(1, 1)))
    }

    @Test func ofSeveralChangesTheLastCounts() throws {
        var first = try field(HP_MESSAGE_REQUEST, "to")
        first.bytes = Array("bob".utf8)
        var last = first
        last.bytes = []
        let scanned = Scanned(WireBytes.number(1, 5) + WireBytes.bytes(6, WireBytes.text(3, "eve") + WireBytes.text(6, "x")))
        #expect(scanned.rewritten([first, last], strip: false) == WireBytes.number(1, 5) + WireBytes.bytes(6, WireBytes.text(6, "x")))
    }

    @Test func anInnerMessageIsAddedOnlyIfNeeded() throws {
        var to = try field(HP_MESSAGE_REQUEST, "to")
        let scanned = Scanned(WireBytes.number(1, 5))
        #expect(scanned.rewritten([to], strip: true) == WireBytes.number(1, 5))
        to.bytes = Array("bob".utf8)
        #expect(scanned.rewritten([to], strip: true) == WireBytes.number(1, 5) + WireBytes.bytes(6, WireBytes.text(3, "bob")))
    }

    @Test func nothingIsBuiltThatNoFrameHolds() throws {
        let content = try field(HP_MESSAGE_REQUEST, "content")
        var change = hp_change(field: content.field, value: hp_field_value(number: 0, bytes: nil, length: Int(Int32.max)))
        #expect(hp_build(5, 0, nil, 0, &change, 1, nil, 0) == 0)
        change.value.length = Int(Int32.max) - 100
        #expect(hp_build(5, 0, nil, 0, &change, 1, nil, 0) > 0)
        var envelope = hp_envelope()
        envelope.type = 5
        change.value.length = .max
        #expect(hp_rewrite(nil, 0, &envelope, &change, 1, false, nil, 0) == 0)
    }
}
