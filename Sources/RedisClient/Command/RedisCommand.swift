/// A command and its arguments, in the bytes Redis reads. Building one costs a copy of the arguments; sending it, one more.
///
///     var command = RedisCommand("HSET")
///     command.add("user:1")
///     command.add("name")
///     command.add(bytes)
///
/// A command can be emptied by `restart(_:)` and filled again without new memory, as long as nobody else holds it.
public struct RedisCommand: Sendable, Hashable {
    /// The arguments, each as `$LENGTH\r\nBYTES\r\n`.
    private(set) var body: [UInt8]
    /// Name and arguments.
    public private(set) var count: Int
    /// Which arguments are keys (the name is number 0), for a Redis Cluster. Nil: as the command's name tells. Needed for commands of modules
    /// whose key is not the first argument.
    public var keys: Range<Int>?

    /// - Parameter capacity: bytes to expect.
    public init(_ name: String, capacity: Int = 96) {
        body = []
        body.reserveCapacity(capacity)
        count = 0
        add(name)
    }

    /// A name with its arguments: `RedisCommand(["SET", "key", 5])`. Empty, it is answered with an error.
    public init(_ arguments: [any RedisArgument]) {
        body = []
        body.reserveCapacity(96)
        count = 0
        for argument in arguments { argument.append(to: &self) }
    }

    public init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name)
        for argument in arguments { argument.append(to: &self) }
    }

    /// Empties the command and begins another one, in the same memory.
    public mutating func restart(_ name: String) {
        body.removeAll(keepingCapacity: true)
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
        count += 1
        // "$", up to 19 digits, "\r\n", from behind.
        withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { room in
            var start = 22
            room[22] = 13
            room[23] = 10
            var rest = bytes.count
            repeat {
                start -= 1
                room[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            start -= 1
            room[start] = UInt8(ascii: "$")
            body.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[start...]))
            body.append(contentsOf: bytes)
            // The line end again.
            body.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[22...]))
        }
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

    /// Appends the arguments of `other`, its name being the first.
    mutating func append(_ other: RedisCommand) {
        body.append(contentsOf: other.body)
        count += other.count
    }

    /// The same without the first `skipped` arguments.
    mutating func append(_ other: RedisCommand, from skipped: Int) {
        guard let start = other.offset(of: skipped) else { return }
        body.append(contentsOf: other.body[start...])
        count += other.count - skipped
    }

    var bodyCount: Int { body.count }

    // MARK: - Bytes on the wire

    /// Room `write(to:)` needs.
    var wireRoom: Int { body.count + 24 }

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
        body.withUnsafeBytes { (place + start).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(place), byteCount: $0.count) }
        return start + body.count
    }

    /// The whole command as it goes over the wire; for tests and logs.
    public var wireBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: wireRoom) { room, size in
            if let base = room.baseAddress { size = write(to: UnsafeMutableRawPointer(base)) }
        }
    }
}
