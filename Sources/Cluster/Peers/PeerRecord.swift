import CWire

/// What one node tells another, in order, each exactly once: a frame of the peer protocol with version `PeerWire.version`.
///
///     head: as a client's frame, but the version · kind u8 · flags u8 · key length u16 BE · number u64 BE · key · payload
///
/// The parts point into the bytes they were read from.
public struct PeerRecord {
    public enum Kind: UInt8, Sendable {
        /// number: the sender's handle, 0 if nobody wants to know; key: uid; payload: the client's frame. For all its sessions there.
        case deliver = 1
        /// number: as above; key: session id; payload: the client's frame.
        case deliverToSession
        /// key: session id; payload: text for the client.
        case closeSession
        /// payload: a client's frame for every session there.
        case broadcast
        /// number: the sender's handle; flags: code; payload: sequence u64 BE, msg_id u64 BE of the refused request.
        case refused
        /// number: server_id of a message that was tracked; flags: what became of it at a device; payload: the server_id under which the device has it
        /// u64 BE, where that is another one.
        case outcome
        /// number: digest of the rules in force at the sender, for what follows.
        case rules
        /// number: as above; key: group; payload: `PeerUsers`, then the client's frame. For all sessions these users have there.
        case deliverToMany
        /// key: uid, or empty for everybody: what is stored for them may not come by itself, so their sessions there are to look.
        case readStore
        /// key: uid; payload: `TakenMessages`: a session of the user is over, and its device took these messages there.
        case deviceTook
    }

    /// The message is nowhere else: a refusal concerns the sender.
    public static let sole: UInt8 = 1
    /// The sender waits for an outcome.
    public static let tracked: UInt8 = 2
    /// It was sent before, under the same server_id: some devices may have it on their way already.
    public static let retry: UInt8 = 4
    /// The key ends with the message's name, the same on all nodes (`nameSize` bytes).
    public static let named: UInt8 = 8
    public static let nameSize = 16
    /// It may have been sent before by way of another node.
    public static let doubtful: UInt8 = 32
    /// Its sender logged in after a node was heard last that is not registered any more.
    public static let refugee: UInt8 = 64
    /// No other node that is heard has sessions of the user.
    public static let alone: UInt8 = 128
    /// Flags of an outcome that says how many devices beside the first one there are; payload: their number u32 BE.
    public static let moreDevices: UInt8 = 255

    public var kind: Kind
    public var flags: UInt8
    public var number: UInt64
    public var key: UnsafeRawBufferPointer
    public var payload: UnsafeRawBufferPointer

    public init(
        _ kind: Kind, flags: UInt8 = 0, number: UInt64 = 0, key: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        payload: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    ) {
        self.kind = kind
        self.flags = flags
        self.number = number
        self.key = key
        self.payload = payload
    }

    static let headSize = 12

    /// Whether it says what may lie in the store, too.
    public var isDelivery: Bool { kind == .deliver || kind == .deliverToMany || kind == .readStore }

    /// Bytes of the whole frame.
    var frameSize: Int { PeerWire.headSize + Self.headSize + key.count + payload.count }

    /// Reads the body of a frame; nil when it is none.
    init?(body: UnsafeRawBufferPointer) {
        guard body.count >= Self.headSize, let kind = Kind(rawValue: body[0]) else { return nil }
        let keyLength = Int(body[2]) << 8 | Int(body[3])
        guard body.count >= Self.headSize + keyLength else { return nil }
        self.kind = kind
        flags = body[1]
        number = UInt64(bigEndian: body.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        key = UnsafeRawBufferPointer(rebasing: body[Self.headSize..<Self.headSize + keyLength])
        payload = UnsafeRawBufferPointer(rebasing: body[(Self.headSize + keyLength)...])
    }

    /// Writes the frame; `out` has room for `frameSize` bytes.
    func write(to out: UnsafeMutableRawPointer) {
        let body = Self.headSize + key.count + payload.count
        PeerWire.writeHead(out, body: body)
        let place = out + PeerWire.headSize
        place.storeBytes(of: kind.rawValue, as: UInt8.self)
        place.storeBytes(of: flags, toByteOffset: 1, as: UInt8.self)
        place.storeBytes(of: UInt16(truncatingIfNeeded: key.count).bigEndian, toByteOffset: 2, as: UInt16.self)
        place.storeBytes(of: number.bigEndian, toByteOffset: 4, as: UInt64.self)
        if let base = key.baseAddress { (place + Self.headSize).copyMemory(from: base, byteCount: key.count) }
        if let base = payload.baseAddress { (place + Self.headSize + key.count).copyMemory(from: base, byteCount: payload.count) }
    }

    /// Longer keys than a length has room for.
    public static let longestKey = 0xffff
}
