import CWire

/// Makes bodies a client could send, a future client could send, and nobody should send.
struct BodyGenerator {
    var random: SeededRandom

    static let knownTypes: [UInt32] = Array(0...10) + [100, 101]
    private static let innerNumbers: [UInt32] = [4, 5, 6, 7, 8, 9, 16, 17, 18, 19]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A body that any parser accepts.
    mutating func validBody() -> [UInt8] {
        let type = random.chance(95) ? Self.knownTypes[random.below(Self.knownTypes.count)] : UInt32(truncatingIfNeeded: random.next())
        var parts: [[UInt8]] = []
        if random.chance(95) { parts.append(WireBytes.number(1, UInt64(bitPattern: Int64(Int32(bitPattern: type))))) }
        if random.chance(80) { parts.append(WireBytes.number(2, number())) }
        if random.chance(50) { parts.append(WireBytes.bytes(3, text())) }
        let inner = hp_inner_number(type)
        if inner != 0, random.chance(95) { parts.append(innerPart(inner)) }
        if inner != 0, random.chance(10) { parts.append(innerPart(inner)) }
        if random.chance(8) { parts.append(innerPart(Self.innerNumbers[random.below(Self.innerNumbers.count)])) }
        if random.chance(15) { parts.append(unknownField(depth: 0)) }
        if random.chance(5) { parts.append(WireBytes.number(1, UInt64(Self.knownTypes[random.below(13)]))) }
        if random.chance(5) { parts.append(WireBytes.bytes(3, text())) }
        if random.chance(40) { parts.shuffle(using: &random) }
        return parts.flatMap { $0 }
    }

    /// A valid body with a few bytes damaged.
    mutating func damagedBody() -> [UInt8] {
        var body = validBody()
        for _ in 0...random.below(3) {
            let at = random.below(body.count + 1)
            switch random.below(6) {
            case 0 where at < body.count: body[at] ^= 1 << UInt8(random.below(8))
            case 1 where at < body.count: body[at] = [0x00, 0x7f, 0x80, 0xff, 0x0b, 0x0c, 0xed, 0xc0][random.below(8)]
            case 2 where at < body.count: body.remove(at: at)
            case 3: body.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
            case 4: body.removeSubrange(at...)
            default: body.insert(contentsOf: body[at..<min(body.count, at + random.below(12))], at: random.below(body.count + 1))
            }
        }
        return body
    }

    mutating func text() -> [UInt8] {
        let pieces = [
            "", "a", "user-1", "hello, world", "grüße", "你好", "😀", String(repeating: "x", count: 64), "\u{0}",
            "\u{10ffff}\u{d7ff}\u{e000}",
        ]
        var bytes: [UInt8] = []
        for _ in 0...random.below(3) { bytes += Array(pieces[random.below(pieces.count)].utf8) }
        return bytes
    }

    mutating func number() -> UInt64 {
        switch random.below(4) {
        case 0: 0
        case 1: UInt64(random.below(300))
        default: random.next() >> UInt64(random.below(64))
        }
    }

    private mutating func innerPart(_ number: UInt32) -> [UInt8] {
        let type = Self.knownTypes.first { hp_inner_number($0) == number } ?? 0
        let content = fields(of: type)
        return WireBytes.tag(number, 2, padding: random.chance(3) ? 1 : 0)
            + WireBytes.varint(UInt64(content.count), padding: random.chance(3) ? 1 : 0) + content
    }

    private mutating func fields(of type: UInt32) -> [UInt8] {
        var count = 0
        guard let table = hp_fields(type, &count) else { return [] }
        var parts: [[UInt8]] = []
        for field in UnsafeBufferPointer(start: table, count: count) where random.chance(60) {
            for _ in 0..<(random.chance(8) ? 2 : 1) { parts.append(value(of: field)) }
        }
        if random.chance(15) { parts.append(unknownField(depth: 0)) }
        if random.chance(30) { parts.shuffle(using: &random) }
        return parts.flatMap { $0 }
    }

    private mutating func value(of field: hp_field) -> [UInt8] {
        if random.chance(3) { return unknownField(depth: 0, number: field.number, wireTypes: [1, 3, 5]) }
        switch field.kind {
        case HP_STRING: return WireBytes.bytes(field.number, text())
        case HP_BYTES: return WireBytes.bytes(field.number, (0..<random.below(9)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        case HP_REPEATED_MESSAGE: return WireBytes.bytes(field.number, fields(of: HP_MESSAGE_REQUEST.rawValue))
        case HP_REPEATED_UINT64 where random.chance(60):
            return WireBytes.bytes(field.number, (0..<random.below(4)).flatMap { _ in WireBytes.varint(number()) })
        default: return WireBytes.tag(field.number, 0) + WireBytes.varint(number(), padding: random.chance(5) ? 1 : 0)
        }
    }

    private mutating func unknownField(depth: Int, number fixed: UInt32? = nil, wireTypes: [UInt32] = [0, 1, 2, 3, 5]) -> [UInt8] {
        let number = fixed ?? [13, 12, 15, 20, 31, 32, 99, 1000, 536_870_911][random.below(9)]
        let wireType = wireTypes[random.below(depth > 3 ? wireTypes.count - 2 : wireTypes.count)]
        switch wireType {
        case 0: return WireBytes.number(number, self.number() >> 1)
        case 1: return WireBytes.tag(number, 1) + (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 2: return WireBytes.bytes(number, (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        case 3: return WireBytes.group(number, random.chance(70) ? unknownField(depth: depth + 1) : [])
        default: return WireBytes.tag(number, 5) + (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
    }
}
