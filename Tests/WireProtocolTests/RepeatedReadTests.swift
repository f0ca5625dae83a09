import CWire
import Testing

@Suite struct RepeatedReadTests {
    private func numbers(_ inner: [UInt8], of type: hp_head_type = HP_MESSAGE_ACK) throws -> [UInt64] {
        var count = 0
        let field = try #require(hp_fields(UInt32(type.rawValue), &count))
        return inner.withUnsafeBufferPointer { inner in
            var position = hp_repeated()
            var value: UInt64 = 0
            var found: [UInt64] = []
            hp_repeated_begin(&position, inner.baseAddress, inner.count, field)
            while hp_repeated_next(&position, &value) { found.append(value) }
            return found
        }
    }

    private func packed(_ numbers: [UInt64]) -> [UInt8] {
        let body = numbers.flatMap { WireBytes.number(1, $0).dropFirst() }
        return [0x0a, UInt8(body.count)] + body
    }

    @Test func packedOrOneByOneOrBoth() throws {
        #expect(try numbers(WireBytes.number(1, 7) + WireBytes.number(1, .max)) == [7, .max])
        #expect(try numbers(packed([1, 300, .max])) == [1, 300, .max])
        #expect(try numbers(packed([1, 2]) + WireBytes.number(1, 3) + packed([]) + packed([4])) == [1, 2, 3, 4])
    }

    @Test func otherFieldsAreSkipped() throws {
        let inner =
            WireBytes.number(2, 9) + WireBytes.text(5, "x") + WireBytes.group(3, []) + WireBytes.number(1, 4) + WireBytes.text(2, "y")
        #expect(try numbers(inner) == [4])
        #expect(try numbers([]) == [])
    }

    @Test func brokenBytesEndIt() throws {
        #expect(try numbers(WireBytes.number(1, 4) + [0x08]) == [4])
        #expect(try numbers([0x0a, 0x7f, 1, 2]) == [])
        #expect(try numbers([0x0a, 0x02, 1, 0x80] + WireBytes.number(1, 5)) == [1])
    }

    @Test func aFieldThatIsNotRepeatedGivesNone() throws {
        #expect(try numbers(WireBytes.number(1, 4), of: HP_MESSAGE_REQUEST) == [])
    }
}
