import Glibc

/// One logged-in device of a user.
///
/// Everything down to `text` is set before the session can be found by others and never changes: any thread may read it while it holds the
/// session. What follows belongs to the session's loop. Kept small: a node has a million of them.
///
/// What is read for every message has an accessor that other modules inline: the compiler checks stored properties of another module for
/// exclusive access, whatever they are marked with, and each check costs as much as a look-up.
public final class Session: @unchecked Sendable {
    // @unchecked: see above; what belongs to the loop is touched there only.
    public enum State: UInt8, Sendable { case loggingIn, open, closed }

    /// What the way of each message asks, in one byte.
    @usableFromInline struct Traits: OptionSet, Sendable {
        @usableFromInline let rawValue: UInt8
        @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }
        @inlinable static var congested: Traits { Traits(rawValue: 1 << 0) }
        @inlinable static var acknowledges: Traits { Traits(rawValue: 1 << 1) }
        @inlinable static var wantsReceipts: Traits { Traits(rawValue: 1 << 2) }
        @inlinable static var webSocket: Traits { Traits(rawValue: 1 << 3) }
        static var endedSending: Traits { Traits(rawValue: 1 << 5) }
        /// It is fed from the message store.
        @inlinable static var fed: Traits { Traits(rawValue: 1 << 4) }
        /// Of recipients.
        @inlinable static var care: UInt8 { 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 }
    }

    @exclusivity(unchecked) @usableFromInline var storedHandle = SessionHandle(rawValue: 0)
    private var random: UInt64 = 0
    /// Milliseconds since 1970.
    public private(set) var since: UInt64 = 0
    public private(set) var platform: UInt32 = 0
    public private(set) var capabilities: Capabilities = []
    /// uid, device and remote address, one after the other.
    @exclusivity(unchecked) @usableFromInline var text: UnsafeMutablePointer<UInt8>?
    @exclusivity(unchecked) @usableFromInline var uidLength: UInt16 = 0
    private var deviceLength: UInt16 = 0
    private var remoteLength: UInt16 = 0

    // MARK: The loop's

    @exclusivity(unchecked) @usableFromInline var storedState = State.loggingIn
    @exclusivity(unchecked) @usableFromInline var traits: Traits = []
    @exclusivity(unchecked) @usableFromInline var storedExecution: UInt64 = 0
    /// What the loop keeps of the login until the session opens.
    public var loginRequest: AnyObject?
    /// Frames that wait behind it.
    @exclusivity(unchecked) public var pending: PendingFrames?
    @exclusivity(unchecked) @usableFromInline var storedTransport: Unmanaged<AnyObject>?
    /// Since when more waits than it should, and who is paused because of it.
    @exclusivity(unchecked) public var congestion: Congestion? {
        didSet { if congestion != nil { traits.insert(.congested) } else { traits.remove(.congested) } }
    }
    /// What receipts and acknowledgements need; nil as long as it is not needed.
    @exclusivity(unchecked) public var receipts: SessionReceipts?
    /// What it has got of the stored messages; nil where none are stored.
    @exclusivity(unchecked) public var feed: InboxFeed? {
        didSet { if feed != nil { traits.insert(.fed) } else { traits.remove(.fed) } }
    }
    /// The session its last message went to, good as long as the route table has that version. Both belong to the same loop.
    @exclusivity(unchecked) @usableFromInline var storedRecipient: Unmanaged<Session>?
    @exclusivity(unchecked) @usableFromInline var recipientVersion: UInt64 = 0
    /// Attributes of plugins; any thread, under the lock of `SessionAttributes`.
    var attributes: SessionAttributes.Values?

    public init(transport: AnyObject?) { storedTransport = transport.map(Unmanaged.passUnretained) }

    deinit { free(text) }

    /// Says whose session it is; once, before others can find it. `uid`, `device` and `remote` have at most 64 KB.
    public func open(
        handle: SessionHandle, uid: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, remote: String, platform: UInt32,
        capabilities: Capabilities, since: UInt64
    ) {
        storedHandle = handle
        self.platform = platform
        self.capabilities = capabilities
        if capabilities.contains(.receipts) { traits.insert(.wantsReceipts) }
        if capabilities.contains(.acknowledgements) { traits.insert(.acknowledges) }
        self.since = since
        random = .random(in: .min ... .max)
        var remote = remote
        remote.withUTF8 { remote in
            guard let text = malloc(max(uid.count + device.count + remote.count, 1))?.assumingMemoryBound(to: UInt8.self) else { return }
            if let base = uid.baseAddress { memcpy(text, base, uid.count) }
            if let base = device.baseAddress { memcpy(text + uid.count, base, device.count) }
            if let base = remote.baseAddress { memcpy(text + uid.count + device.count, base, remote.count) }
            free(self.text)
            self.text = text
            uidLength = UInt16(truncatingIfNeeded: uid.count)
            deviceLength = UInt16(truncatingIfNeeded: device.count)
            remoteLength = UInt16(truncatingIfNeeded: remote.count)
        }
        storedState = .open
    }

    public var id: SessionID { SessionID(handle, random: random) }

    @inlinable public var handle: SessionHandle { storedHandle }

    @inlinable public var state: State {
        get { storedState }
        set { storedState = newValue }
    }

    /// The execution its next messages wait behind; 0 if there is none.
    @inlinable public var execution: UInt64 {
        get { storedExecution }
        set { storedExecution = newValue }
    }

    /// Where its bytes go; the loop knows the type. Not retained: it holds the session, and lets go of it here first.
    @inlinable public var transport: Unmanaged<AnyObject>? {
        get { storedTransport }
        set { storedTransport = newValue }
    }

    /// Whether it is connected by WebSocket. Set before it opens.
    public var isWebSocket: Bool {
        get { traits.contains(.webSocket) }
        set { if newValue { traits.insert(.webSocket) } else { traits.remove(.webSocket) } }
    }

    /// The client sends nothing more; what it sent before waits behind a handler.
    public var hasEndedSending: Bool {
        get { traits.contains(.endedSending) }
        set { if newValue { traits.insert(.endedSending) } else { traits.remove(.endedSending) } }
    }

    /// Whether a frame for it is more than bytes to be copied: it is congested, acknowledges what it gets, gets
    /// stored messages, or has frames of another kind.
    @inlinable public var needsCare: Bool { traits.rawValue & Traits.care != 0 }

    /// Whether it acknowledges what it gets (ACKS).
    @inlinable public var acknowledges: Bool { traits.contains(.acknowledges) }

    /// Whether its messages are answered on success, too (RECEIPTS).
    @inlinable public var wantsReceipts: Bool { traits.contains(.wantsReceipts) }

    /// Not 0 if it is so: to be asked together with other bits.
    @inlinable public var senderCare: UInt32 { UInt32(traits.rawValue & Traits.wantsReceipts.rawValue) }

    /// The one session `uid` had when this session last wrote to it, if the route table has not changed since. Loop-only.
    @inlinable
    public func knownRecipient(_ uid: UnsafeRawBufferPointer, version: UInt64) -> Unmanaged<Session>? {
        guard let recipient = lastRecipient(version: version) else { return nil }
        let own = recipient._withUnsafeGuaranteedRef { $0.uidBytes }
        guard own.count == uid.count, let a = own.baseAddress, let b = uid.baseAddress, memcmp(a, b, own.count) == 0 else { return nil }
        return recipient
    }

    /// Whom it wrote to last, if that is known and `version` the route table's. Loop-only.
    @inlinable
    public func lastRecipient(version: UInt64) -> Unmanaged<Session>? { recipientVersion == version ? storedRecipient : nil }

    /// The address of the session it wrote to last, if any: nothing may be there any more. Loop-only.
    @inlinable public var lastRecipientAddress: UnsafeRawPointer? { storedRecipient.map { UnsafeRawPointer($0.toOpaque()) } }

    /// Remembers whom it wrote to: a session of the same loop, the only one of its user. Loop-only.
    @inlinable
    public func remember(_ recipient: Unmanaged<Session>, version: UInt64) {
        storedRecipient = recipient
        recipientVersion = version
    }

    /// The user's bytes; valid as long as the session is held.
    @inlinable public var uidBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text, count: Int(uidLength)) }
    public var uid: String { String(decoding: uidBytes, as: UTF8.self) }
    /// Like `uidBytes`.
    public var deviceBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.map { $0 + Int(uidLength) }, count: Int(deviceLength))
    }
    public var device: String { part(from: Int(uidLength), count: Int(deviceLength)) }
    /// HOST:PORT of the peer.
    public var remote: String { part(from: Int(uidLength) + Int(deviceLength), count: Int(remoteLength)) }

    private func part(from offset: Int, count: Int) -> String {
        guard let text else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: text + offset, count: count), as: UTF8.self)
    }
}
