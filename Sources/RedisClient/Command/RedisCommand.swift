/// A command and its arguments, in the bytes Redis reads. Building one costs a copy of the arguments; sending it, one more.
///
///     var command = RedisCommand("HSET")
///     command.add("user:1")
///     command.add("name")
///     command.add(bytes)
///
/// A command can be emptied by `restart(_:)` and filled again without new memory, as long as nobody else holds it.
public struct RedisCommand: Sendable {
    /// The arguments, each as `$LENGTH\r\nBYTES\r\n`, and room behind them: writing into room that is there takes one look at who else holds
    /// the array, not one for each piece.
    private(set) var body: [UInt8]
    /// Bytes of `body` in use.
    private(set) var length = 0
    /// Name and arguments.
    public private(set) var count = 0
    /// Which arguments are keys (the name is number 0), for a Redis Cluster. Nil: as the command's name tells. Needed for commands of modules
    /// whose key is not the first argument.
    public var keys: Range<Int>?

    /// - Parameter capacity: bytes to expect.
    public init(_ name: String, capacity: Int = 96) {
        body = [UInt8](repeating: 0, count: max(capacity, 32))
        add(name)
    }

    /// A name with its arguments: `RedisCommand(["SET", "key", 5])`. Empty, it is answered with an error.
    public init(_ arguments: [any RedisArgument]) {
        body = [UInt8](repeating: 0, count: 96)
        for argument in arguments { argument.append(to: &self) }
    }

    public init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name)
        for argument in arguments { argument.append(to: &self) }
    }

    /// Empties the command and begins another one, in the same memory.
    public mutating func restart(_ name: String) {
        length = 0
        count = 0
        keys = nil
        add(name)
    }

    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        makeRoom(bytes.count + 24)
        let start = length
        length += body.withUnsafeMutableBytes { room in
            guard let base = room.baseAddress else { return 0 }
            return Self.write(bytes, to: base + start)
        }
        count += 1
    }

    @inline(__always)
    private mutating func makeRoom(_ more: Int) {
        if length + more > body.count { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        var larger = [UInt8](repeating: 0, count: max(body.count * 2, length + more))
        larger.withUnsafeMutableBytes { room in
            body.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<length])) }
        }
        body = larger
    }

    /// `$LENGTH\r\nBYTES\r\n`. Returns the number of bytes.
    @inline(__always)
    private static func write(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) -> Int {
        var digits = 1
        var limit = 10
        while digits < 19, bytes.count >= limit {
            digits += 1
            limit = limit &* 10
        }
        place.storeBytes(of: UInt8(ascii: "$"), as: UInt8.self)
        var rest = bytes.count
        for position in stride(from: digits, to: 0, by: -1) {
            place.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10), toByteOffset: position, as: UInt8.self)
            rest /= 10
        }
        place.storeBytes(of: UInt16(littleEndian: 0x0a0d), toByteOffset: digits + 1, as: UInt16.self)
        if let base = bytes.baseAddress { (place + digits + 3).copyMemory(from: base, byteCount: bytes.count) }
        place.storeBytes(of: UInt16(littleEndian: 0x0a0d), toByteOffset: digits + 3 + bytes.count, as: UInt16.self)
        return digits + 5 + bytes.count
    }

    public mutating func add(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { room in
            var start = 20
            var rest = number.magnitude
            repeat {
                start -= 1
                room[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                room[start] = UInt8(ascii: "-")
            }
            add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[start..<20]))
        }
    }

    public mutating func add(_ argument: any RedisArgument) { argument.append(to: &self) }

    /// Appends the arguments of `other` from number `skipped` on.
    mutating func append(_ other: RedisCommand, from skipped: Int = 0) {
        guard let start = other.offset(of: skipped) else { return }
        let more = other.length - start
        makeRoom(more)
        let end = length
        body.withUnsafeMutableBytes { room in
            other.body.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[start..<other.length]))
            }
        }
        length += more
        count += other.count - skipped
    }

    // MARK: - Bytes on the wire

    /// Room `write(to:)` needs.
    var wireRoom: Int { length + 24 }

    /// Writes the whole command. Returns the number of bytes.
    @inline(__always)
    func write(to place: UnsafeMutableRawPointer) -> Int {
        var start = 0
        var digits: UInt64 = 0
        var rest = count
        repeat {
            digits = digits << 8 | UInt64(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        place.storeBytes(of: UInt8(ascii: "*"), as: UInt8.self)
        start = 1
        while digits > 0 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: digits), toByteOffset: start, as: UInt8.self)
            digits >>= 8
            start += 1
        }
        place.storeBytes(of: 13, toByteOffset: start, as: UInt8.self)
        place.storeBytes(of: 10, toByteOffset: start + 1, as: UInt8.self)
        start += 2
        body.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { (place + start).copyMemory(from: base, byteCount: length) }
        }
        return start + length
    }

    /// The whole command as it goes over the wire; for tests and logs.
    public var wireBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: wireRoom) { room, size in
            if let base = room.baseAddress { size = write(to: UnsafeMutableRawPointer(base)) }
        }
    }
}

extension RedisCommand: Hashable {
    public static func == (one: RedisCommand, other: RedisCommand) -> Bool {
        one.keys == other.keys && one.count == other.count && one.body[..<one.length] == other.body[..<other.length]
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(body[..<length]) }
}
