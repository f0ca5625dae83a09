import Glibc

/// Reads values of RESP2 and RESP3 out of bytes as they come. Pure.
///
/// What is complete is consumed, also inside of an array that is not, so that no byte is looked at twice but those of one unfinished
/// element. After a failure the decoder must not be used any more.
///
///     var decoder = RESPDecoder()
///     while let value = try decoder.next(bytes, &offset) { ... }
struct RESPDecoder {
    enum Kind: UInt8 {
        case array = 0x2a  // *
        case set = 0x7e  // ~
        case push = 0x3e  // >
        case map = 0x25  // %
        case attribute = 0x7c  // |
    }

    private struct Level {
        let kind: Kind
        var remaining: Int
        var elements: [RESPValue]
    }

    private enum Token {
        case value(RESPValue)
        case opened(Kind, Int)
    }

    private static let lineTypes = Array("+-:_#,(*~>%|".utf8)

    let limits: RESPLimits
    private var levels: [Level] = []
    private var elements = 0
    /// So many bytes from `offset` on are needed before `next` gives or consumes anything more; 0: unknown.
    private(set) var needed = 0

    init(limits: RESPLimits = RESPLimits()) { self.limits = limits }

    /// The next whole value; nil when more bytes are needed. `offset` moves behind what was consumed.
    mutating func next(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(RESPFailure) -> RESPValue? {
        needed = 0
        while let token = try scan(bytes, &offset) {
            switch token {
            case .value(let value):
                if levels.isEmpty { return value }
                if let whole = close(value) {
                    elements = 0
                    return whole
                }
            case .opened(let kind, let count):
                if let whole = try open(kind, count) {
                    elements = 0
                    return whole
                }
            }
        }
        return nil
    }

    private mutating func open(_ kind: Kind, _ count: Int) throws(RESPFailure) -> RESPValue? {
        if kind == .push, !levels.isEmpty { throw RESPFailure("a push inside of another value") }
        let total = kind == .map || kind == .attribute ? count * 2 : count
        elements += total
        if elements > limits.elements { throw RESPFailure("a reply of more than \(limits.elements) elements") }
        if total == 0 {
            guard let value = Self.value(kind, []) else { return nil }
            return levels.isEmpty ? value : close(value)
        }
        if levels.count == limits.depth { throw RESPFailure("a reply nested deeper than \(limits.depth)") }
        var room: [RESPValue] = []
        // What is announced need not come.
        room.reserveCapacity(min(total, 256))
        levels.append(Level(kind: kind, remaining: total, elements: room))
        return nil
    }

    /// Puts a value into its array, and that one, when it is full, into its own.
    private mutating func close(_ value: RESPValue) -> RESPValue? {
        var value = value
        while true {
            let top = levels.count - 1
            if top < 0 { return value }
            levels[top].elements.append(value)
            levels[top].remaining -= 1
            if levels[top].remaining > 0 { return nil }
            let level = levels.removeLast()
            guard let whole = Self.value(level.kind, level.elements) else { return nil }
            value = whole
        }
    }

    /// Nil for attributes: nobody asked for them, they are dropped.
    private static func value(_ kind: Kind, _ elements: [RESPValue]) -> RESPValue? {
        switch kind {
        case .array: .array(elements)
        case .set: .set(elements)
        case .push: .push(elements)
        case .map: .map(stride(from: 0, to: elements.count - 1, by: 2).map { RESPPair(elements[$0], elements[$0 + 1]) })
        case .attribute: nil
        }
    }

    // MARK: - Elements

    private mutating func scan(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(RESPFailure) -> Token? {
        let start = offset
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        let type = bytes[start]
        // Strings first: they are most of what comes.
        if type == UInt8(ascii: "$") || type == UInt8(ascii: "=") || type == UInt8(ascii: "!") {
            return try scanString(type, bytes, &offset)
        }
        // Before its line is whole: noise may not have one.
        guard Self.lineTypes.contains(type) else { throw RESPFailure("a value that begins with byte \(type)") }
        guard let end = try lineEnd(bytes, from: start + 1) else { return nil }
        let line = UnsafeRawBufferPointer(start: base + start + 1, count: end - start - 1)
        offset = end + 2
        switch type {
        case UInt8(ascii: "+"): return .value(.simple(String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: "-"): return .value(.error(String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: ":"): return .value(.integer(try Self.number(line)))
        case UInt8(ascii: "_"):
            guard line.isEmpty else { throw RESPFailure("a null with something in it") }
            return .value(.null)
        case UInt8(ascii: "#"):
            guard line.count == 1, line[0] == UInt8(ascii: "t") || line[0] == UInt8(ascii: "f") else {
                throw RESPFailure("a boolean that is neither t nor f")
            }
            return .value(.boolean(line[0] == UInt8(ascii: "t")))
        case UInt8(ascii: ","): return .value(.double(try Self.double(line)))
        case UInt8(ascii: "("): return .value(.bigNumber(try Self.bigNumber(line)))
        default: return try scanCount(type, line)
        }
    }

    private func scanCount(_ type: UInt8, _ line: UnsafeRawBufferPointer) throws(RESPFailure) -> Token {
        guard let kind = Kind(rawValue: type) else { throw RESPFailure("a value that begins with byte \(type)") }
        let count = try Self.number(line)
        if count == -1, kind == .array { return .value(.null) }
        guard count >= 0, count <= Int64(limits.elements) else {
            throw RESPFailure("\(count) elements announced, at most \(limits.elements) are taken")
        }
        return .opened(kind, Int(count))
    }

    private mutating func scanString(
        _ type: UInt8, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
    ) throws(RESPFailure) -> Token? {
        let start = offset
        guard let end = try lineEnd(bytes, from: start + 1) else { return nil }
        let length = try Self.number(UnsafeRawBufferPointer(rebasing: bytes[start + 1..<end]))
        if length == -1, type == UInt8(ascii: "$") {
            offset = end + 2
            return .value(.null)
        }
        guard length >= 0, length <= Int64(limits.stringBytes) else {
            throw RESPFailure("a string of \(length) bytes, at most \(limits.stringBytes) are taken")
        }
        let first = end + 2
        let last = first + Int(length)
        guard last + 2 <= bytes.count else {
            needed = last + 2 - start
            return nil
        }
        guard bytes[last] == 13, bytes[last + 1] == 10 else { throw RESPFailure("a string that does not end where it should") }
        offset = last + 2
        let content = UnsafeRawBufferPointer(rebasing: bytes[first..<last])
        if type == UInt8(ascii: "$") { return .value(.bulk(Array(content))) }
        if type == UInt8(ascii: "!") { return .value(.error(String(decoding: content, as: UTF8.self))) }
        guard content.count >= 4, content[3] == UInt8(ascii: ":") else { throw RESPFailure("a verbatim string without its format") }
        return .value(.bulk(Array(content.dropFirst(4))))
    }

    /// Where a line's `\r\n` stands; nil when it has not come.
    @inline(__always)
    private func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(RESPFailure) -> Int? {
        var at = start
        let count = bytes.count
        while at < count {
            if bytes[at] == 13 {
                if at + 1 == count { return nil }
                guard bytes[at + 1] == 10 else { throw RESPFailure("a line with a carriage return in it") }
                return at
            }
            at += 1
            if at - start > limits.lineBytes { throw RESPFailure("a line of more than \(limits.lineBytes) bytes") }
        }
        return nil
    }
}
