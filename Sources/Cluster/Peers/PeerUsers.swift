/// Users whom a record is for: count u16 BE, then each with its length u8 and its bytes.
public struct PeerUsers: Sendable {
    /// Bytes of them in one record at most; more go into another one.
    public static let most = 60_000
    /// Longer names do not fit.
    public static let longest = 255

    private var bytes: [UInt8] = [0, 0]
    public private(set) var count = 0

    public init() {}

    /// False when it has no room for another one.
    public mutating func add(_ user: UnsafeRawBufferPointer) -> Bool {
        guard user.count <= Self.longest, bytes.count + 1 + user.count <= Self.most, count < 0xffff else { return false }
        bytes.append(UInt8(user.count))
        bytes.append(contentsOf: user)
        count += 1
        bytes[0] = UInt8(count >> 8)
        bytes[1] = UInt8(count & 0xff)
        return true
    }

    /// A payload: these users, then a frame.
    public func payload(_ frame: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count + frame.count) { out, filled in
            guard let base = out.baseAddress else { return }
            bytes.withUnsafeBytes { source in
                if let start = source.baseAddress { UnsafeMutableRawPointer(base).copyMemory(from: start, byteCount: source.count) }
            }
            if let start = frame.baseAddress { UnsafeMutableRawPointer(base + bytes.count).copyMemory(from: start, byteCount: frame.count) }
            filled = bytes.count + frame.count
        }
    }

    /// Calls `body` for each user of a payload.
    /// - Returns: the frame behind them; nil when it is no payload.
    public static func read(_ payload: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> UnsafeRawBufferPointer? {
        guard payload.count >= 2 else { return nil }
        var offset = 2
        for _ in 0..<(Int(payload[0]) << 8 | Int(payload[1])) {
            guard offset < payload.count, offset + 1 + Int(payload[offset]) <= payload.count else { return nil }
            let end = offset + 1 + Int(payload[offset])
            body(UnsafeRawBufferPointer(rebasing: payload[(offset + 1)..<end]))
            offset = end
        }
        return UnsafeRawBufferPointer(rebasing: payload[offset...])
    }
}
