import Glibc

/// One logged-in device of a user.
///
/// Everything down to `text` is set before the session can be found by others and never changes: any thread may read it while it holds the
/// session. What follows belongs to the session's loop. Kept small: a node has a million of them.
public final class Session: @unchecked Sendable {
    // @unchecked: see above; what belongs to the loop is touched there only.
    public enum State: UInt8, Sendable { case loggingIn, open, closed }

    @exclusivity(unchecked) public private(set) var handle = SessionHandle(rawValue: 0)
    private var random: UInt64 = 0
    /// Milliseconds since 1970.
    public private(set) var since: UInt64 = 0
    public private(set) var platform: UInt32 = 0
    public private(set) var capabilities: UInt32 = 0
    /// uid, device and remote address, one after the other.
    @exclusivity(unchecked) private var text: UnsafeMutablePointer<UInt8>?
    @exclusivity(unchecked) private var uidLength: UInt16 = 0
    private var deviceLength: UInt16 = 0
    private var remoteLength: UInt16 = 0

    // MARK: The loop's

    @exclusivity(unchecked) public var state = State.loggingIn
    /// The execution its next messages wait behind; 0 if there is none.
    @exclusivity(unchecked) public var execution: UInt64 = 0
    /// What the loop keeps of the login until the session opens.
    public var loginRequest: AnyObject?
    /// Frames that wait behind it.
    @exclusivity(unchecked) public var pending: PendingFrames?
    /// Where its bytes go; the loop knows the type.
    /// Not retained: it holds the session, and lets go of it here first. Unmanaged, since it is read for every message.
    @exclusivity(unchecked) public var transport: Unmanaged<AnyObject>?
    /// Since when more waits than it should, and who is paused because of it.
    @exclusivity(unchecked) public var congestion: Congestion?
    /// Attributes of plugins; any thread, under the lock of `SessionAttributes`.
    var attributes: SessionAttributes.Values?

    public init(transport: AnyObject?) { self.transport = transport.map(Unmanaged.passUnretained) }

    deinit { free(text) }

    /// Says whose session it is; once, before others can find it. `uid`, `device` and `remote` have at most 64 KB.
    public func open(
        handle: SessionHandle, uid: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, remote: String, platform: UInt32,
        capabilities: UInt32, since: UInt64
    ) {
        self.handle = handle
        self.platform = platform
        self.capabilities = capabilities
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
        state = .open
    }

    public var id: SessionID { SessionID(handle, random: random) }

    /// The user's bytes; valid as long as the session is held.
    @inline(__always)
    public var uidBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text, count: Int(uidLength)) }
    public var uid: String { String(decoding: uidBytes, as: UTF8.self) }
    public var device: String { part(from: Int(uidLength), count: Int(deviceLength)) }
    /// HOST:PORT of the peer.
    public var remote: String { part(from: Int(uidLength) + Int(deviceLength), count: Int(remoteLength)) }

    private func part(from offset: Int, count: Int) -> String {
        guard let text else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: text + offset, count: count), as: UTF8.self)
    }
}
