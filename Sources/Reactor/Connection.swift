import CReactor
import Glibc

/// A connected stream socket of one loop.
///
/// Everything here is for the loop's thread only (`EventLoop.inLoop`); on other threads not even reading is safe. The
/// loop holds the object until `ConnectionDelegate.closed`; after that its calls do nothing. It must not be used when the
/// loop is gone.
///
/// Its properties are not checked for exclusive access: one thread, no property is lent out across a call, and the checks cost a tenth of
/// a message.
///
/// It owns memory only while it must: input while a partial frame waits, output while the kernel did not take it.
///
/// One with a filter (TLS) is a `FilteredConnection`: a class of its own, so that the others have no field for it.
public class Connection {
    @usableFromInline struct Flags: OptionSet, Sendable {
        @usableFromInline let rawValue: UInt16
        @inlinable init(rawValue: UInt16) { self.rawValue = rawValue }
        /// Over; waits for the tick's end to be reported and freed.
        @inlinable static var closed: Flags { Flags(rawValue: 1 << 0) }
        /// Nothing more is read or accepted for writing; what waits is sent, then it closes.
        @inlinable static var closing: Flags { Flags(rawValue: 1 << 1) }
        /// In the list of those to be settled at the tick's end.
        static let dirty = Flags(rawValue: 1 << 2)
        /// The kernel took less than it was offered.
        static let blocked = Flags(rawValue: 1 << 3)
        static let overHigh = Flags(rawValue: 1 << 4)
        /// In the list of those whose kept input is to be presented again.
        static let resumed = Flags(rawValue: 1 << 5)
        /// The kernel may have input that was not taken. It says so once (edge-triggered), so this has to be remembered.
        static let unread = Flags(rawValue: 1 << 6)
        /// The owner's.
        @inlinable static var marked: Flags { Flags(rawValue: 1 << 7) }
        /// The delegate knows that the kernel takes no more.
        static let stallReported = Flags(rawValue: 1 << 8)
        /// Closing, and the housekeeping knows until when.
        static let lingering = Flags(rawValue: 1 << 9)
        /// The delegate wants to know what the kernel takes.
        static let tellsFlushes = Flags(rawValue: 1 << 10)
        /// In the list of those whose delegate is to be told.
        static let flushNoted = Flags(rawValue: 1 << 11)
        /// A `FilteredConnection`.
        static let filtered = Flags(rawValue: 1 << 12)
    }

    /// The loop it belongs to.
    final public unowned(unsafe) let loop: EventLoop
    /// Who is told; nil once `closed` was.
    @exclusivity(unchecked) final public internal(set) var delegate: (any ConnectionDelegate)?
    @exclusivity(unchecked) @usableFromInline final private(set) var storedContext: Unmanaged<AnyObject>?

    @exclusivity(unchecked) final var outputHead: OutputChunk?
    @exclusivity(unchecked) final var outputTail: OutputChunk?
    @exclusivity(unchecked) final var kept: UnsafeMutableRawPointer?
    @exclusivity(unchecked) final var nextDirty: Unmanaged<Connection>?
    @exclusivity(unchecked) final var descriptor: Int32
    @exclusivity(unchecked) @usableFromInline final var waiting: UInt32 = 0
    @exclusivity(unchecked) final var keptCount: UInt32 = 0
    @exclusivity(unchecked) final var expected: UInt32 = 0
    @exclusivity(unchecked) final var position: UInt32 = 0
    /// When bytes last came, in the loop's milliseconds (`EventLoop.milliseconds`, wrapping: compare with `&-`).
    @exclusivity(unchecked) final public internal(set) var lastRead: UInt32
    @exclusivity(unchecked) final var stalled: UInt32 = 0
    @exclusivity(unchecked) @usableFromInline final var storedTag: UInt32 = 0
    /// When it was adopted, in quarters of a second of the loop's clock: two bytes are what the object has left.
    final private let opened: UInt16
    @exclusivity(unchecked) @usableFromInline final var flags: Flags = []
    @exclusivity(unchecked) @usableFromInline final var storedPauses: PauseReasons = []
    @exclusivity(unchecked) final var reason = CloseReason.local

    init(_ loop: EventLoop, descriptor: Int32) {
        self.loop = loop
        self.descriptor = descriptor
        lastRead = loop.milliseconds
        opened = UInt16(truncatingIfNeeded: loop.milliseconds >> 8)
    }

    deinit { storedContext?.release() }

    /// The owner's object, held until after `closed`.
    final public var context: AnyObject? {
        get { storedContext?.takeUnretainedValue() }
        set {
            let old = storedContext
            storedContext = newValue.map(Unmanaged.passRetained)
            old?.release()
        }
    }

    /// The same without holding it: for what is done with every message. `unsafeDowncast` reads it without a check.
    @inlinable final public var unretainedContext: Unmanaged<AnyObject>? { storedContext }

    /// A number for the owner.
    @inlinable final public var tag: UInt32 {
        get { storedTag }
        set { storedTag = newValue }
    }

    /// A bit for the owner, read at the price of one.
    @inlinable final public var isMarked: Bool {
        get { flags.rawValue & Flags.marked.rawValue != 0 }
        set { if newValue { flags.insert(.marked) } else { flags.remove(.marked) } }
    }

    /// Why it is not read at present.
    @inlinable final public var pauses: PauseReasons { storedPauses }

    /// Bytes written and not yet taken by the kernel.
    @inlinable final public var waitingBytes: Int { Int(waiting) }

    /// Whether more than `writeBufferHigh` bytes wait, or did and `drained` has not been called since.
    final public var isOverHighMark: Bool { flags.contains(.overHigh) }

    /// Since when the kernel takes nothing although bytes wait, in the loop's milliseconds; nil when nothing is stuck.
    /// A partial write counts as progress.
    final public var writeStalledSince: UInt32? { flags.contains(.blocked) && waiting > 0 ? stalled : nil }

    /// Whether it takes writes: not closed and not closing.
    @inlinable final public var isOpen: Bool { flags.rawValue & (Flags.closed.rawValue | Flags.closing.rawValue) == 0 }

    /// Milliseconds since it was adopted, up to half a second less than really, never more. Wraps after four hours: for what happens
    /// soon after opening.
    final public var age: Int {
        let quarters = UInt16(truncatingIfNeeded: loop.milliseconds >> 8) &- opened
        return max(Int(quarters) - 1, 0) << 8
    }

    /// Unconsumed input kept for the delegate, in bytes.
    final public var keptBytes: Int { Int(keptCount) }

    /// The peer's address without its port, and the port. Asks the kernel each time; nil when the peer has gone.
    final public var remoteAddress: (host: String, port: Int)? {
        guard descriptor >= 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            let port = creactor_remote_address(descriptor, text.baseAddress, 64)
            guard port >= 0, let base = text.baseAddress else { return nil }
            return (String(cString: base), Int(port))
        }
    }

    /// The owner's object is looked at soon.
    @inline(__always)
    final func prefetchContext() {
        prefetch(storedContext?.toOpaque())
    }

    final var cookie: UInt64 { UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())) }

    /// Room for kept bytes; asked of malloc, which knows, so that it costs no field.
    final var keptCapacity: Int { kept == nil ? 0 : creactor_block_size(kept) }

    @inline(__always)
    final var canRead: Bool { pauses.isEmpty && isOpen }

    /// epoll reported `events`.
    @inline(__always)
    final func ready(_ events: UInt32) {
        if flags.contains(.closed) { return }
        if events & CREACTOR_WRITABLE != 0, flags.contains(.blocked) {
            flags.remove(.blocked)
            markDirty()
        }
        let ended = events & (CREACTOR_FAILED | CREACTOR_ENDED) != 0
        if !ended, events & CREACTOR_READABLE == 0 { return }
        if ended, loop.stillstand.covers(lastRead: lastRead) { return fail(.peerClosed) }
        if canRead {
            readOnce(ended: ended)
        } else if events & CREACTOR_FAILED != 0 {
            fail(.reset)
        } else {
            flags.insert(.unread)
        }
    }

    @inline(__always)
    final func markDirty() {
        if flags.contains(.dirty) { return }
        flags.insert(.dirty)
        loop.addDirty(self)
    }
}
