import CWire
import HPushConfiguration
import Origins
import Reactor
import Synchronization
import WebSocket

/// The delegate of a loop's connections by WebSocket: it makes frames of the TCP protocol of theirs, which go the same way from there.
///
/// Loop-only. TCP connections never come here.
final class WebSocketDoor: ConnectionDelegate {
    private unowned let owner: NodeLoop
    private let rule: UpgradeRule
    private let handshakeSeconds: Int
    /// By the tag of the connection.
    private var states: [WebSocketState?] = []
    /// By the tag of the connection: what has come of a message in parts, behind room for its head.
    private var fragments: [UInt32: [UInt8]] = [:]
    /// A message as a frame of the TCP protocol.
    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private static let keptRoom = 64 << 10
    private static let head = Int(HP_FRAME_HEAD)

    init(_ owner: NodeLoop, _ section: WebSocketSection) {
        self.owner = owner
        rule = UpgradeRule(path: section.path, origins: OriginRule(section.origins))
        handshakeSeconds = section.handshakeSeconds
    }

    deinit { room.deallocate() }

    /// Decides about an accepted connection.
    func adopted(_ connection: Connection) -> (any ConnectionDelegate)? {
        guard owner.admit(connection, lookAfter: handshakeSeconds) else { return nil }
        let index = Int(connection.tag)
        while states.count <= index { states.append(nil) }
        states[index] = .handshake
        return self
    }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        guard Int(connection.tag) < states.count else { return bytes.count }
        switch states[Int(connection.tag)] {
        case .handshake: return shakeHands(bytes, connection)
        case .open(let reader): return receive(bytes, connection, reader)
        case .none: return bytes.count
        }
    }

    // MARK: Handshake

    private func shakeHands(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        switch UpgradeRequest.read(bytes) {
        case .partial: return 0
        case .fault(let refusal): refuse(connection, refusal)
        case .request(let request, let size):
            switch rule.judge(request) {
            case .refused(let refusal): refuse(connection, refusal)
            case .accepted(let answer):
                write(answer, connection)
                connection.isMarked = true
                owner.statistics.webSocketsAccepted &+= 1
                owner.shared.webSockets.wrappingAdd(1, ordering: .relaxed)
                let reader = WebSocketReader(most: Int(owner.maximumBody))
                states[Int(connection.tag)] = .open(reader)
                // What the client sent without waiting for the answer.
                return size + receive(UnsafeRawBufferPointer(rebasing: bytes[size...]), connection, reader)
            }
        }
        return bytes.count
    }

    private func refuse(_ connection: Connection, _ refusal: UpgradeRefusal) {
        owner.statistics.webSocketsRefused &+= 1
        write(refusal.answer, connection)
        connection.close(afterFlush: true, reason: ChatCloseReason.webSocketHandshake.reason)
    }

    private func write(_ text: String, _ connection: Connection) {
        var text = text
        text.withUTF8 { connection.write(UnsafeRawBufferPointer($0)) }
    }

    /// Milliseconds a connection still has for its request; nil when it has come, or by TCP. One that has none is refused.
    func handshakeLeft(_ connection: Connection) -> Int? {
        guard connection.delegate === self, !connection.isMarked else { return nil }
        let left = handshakeSeconds * 1000 - connection.age
        if left <= 0 { refuse(connection, .timedOut) }
        return max(left, 0)
    }

    // MARK: Frames

    private func receive(_ bytes: UnsafeRawBufferPointer, _ connection: Connection, _ begun: WebSocketReader) -> Int {
        var reader = begun
        var offset = 0
        // Only a message in parts changes it for the next call.
        defer { if reader.isInMessage || begun.isInMessage { states[Int(connection.tag)] = .open(reader) } }
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            var next = reader
            switch next.next(rest) {
            case .incomplete(let total):
                guard total > 0 else { return offset }
                let parts = fragments.isEmpty ? 0 : fragments[connection.tag]?.count ?? 0
                guard owner.mayKeep(total + parts, connection) else { return bytes.count }
                connection.expect(total)
                return offset
            case .fault(let code):
                connection.endWebSocket(code, ChatCloseReason.webSocketProtocol.reason)
                return bytes.count
            case .close(let payload):
                connection.endWebSocket(WebSocketCloseRequest(unmasked(payload, rest)).answer, .peerClosed)
                return bytes.count
            case .ping(let payload):
                guard owner.takesControl(connection) else { return bytes.count }
                WebSocketOutput.frame(.pong, unmasked(payload, rest)).withUnsafeBytes { connection.write($0) }
                offset += payload.frameSize
            case .pong(let payload):
                guard owner.takesControl(connection) else { return bytes.count }
                offset += payload.frameSize
            case .data(let payload, let isFirst, let isFinal):
                let source = UnsafeRawBufferPointer(rebasing: rest[payload.bytes])
                let isTaken =
                    isFirst && isFinal
                    ? take(source, payload.mask, connection) : take(source, payload.mask, isFirst, isFinal, connection)
                guard isTaken else { return offset }
                offset += payload.frameSize
            }
            reader = next
            if !connection.pauses.isEmpty { return offset }
            if !connection.isOpen { return bytes.count }
            if connection.waitingBytes > owner.writeBufferHigh { owner.pauseUntilRead(connection) }
        }
        return offset
    }

    /// A message in one frame.
    /// - Returns: false when it has to wait: it is presented again.
    private func take(_ source: UnsafeRawBufferPointer, _ mask: WebSocketMask, _ connection: Connection) -> Bool {
        let count = Self.head + source.count
        if room.count < count { makeRoom(count) }
        defer { if room.count > Self.keptRoom { makeRoom(4096) } }
        guard let base = room.baseAddress else { return false }
        mask.copy(source, to: base + Self.head)
        return handle(UnsafeMutableRawBufferPointer(start: base, count: count), connection)
    }

    /// A part of a message.
    private func take(
        _ source: UnsafeRawBufferPointer, _ mask: WebSocketMask, _ isFirst: Bool, _ isFinal: Bool, _ connection: Connection
    ) -> Bool {
        // Taken out, so that it grows in place.
        var whole = fragments.removeValue(forKey: connection.tag) ?? []
        if isFirst { whole = [UInt8](repeating: 0, count: Self.head) }
        let before = whole.count
        whole.append(contentsOf: repeatElement(0, count: source.count))
        let isTaken = whole.withUnsafeMutableBytes { whole in
            if let base = whole.baseAddress { mask.copy(source, to: base + before) }
            return !isFinal || handle(whole, connection)
        }
        if !isTaken { whole.removeLast(source.count) }
        if !isFinal, !owner.takesControl(connection) || !owner.mayKeep(whole.count, connection) { return true }
        if !isTaken || !isFinal { fragments[connection.tag] = whole }
        return isTaken
    }

    /// A whole message, behind room for the head it would have by TCP.
    private func handle(_ frame: UnsafeMutableRawBufferPointer, _ connection: Connection) -> Bool {
        let length = UInt32(truncatingIfNeeded: frame.count - Self.head)
        frame.storeBytes(of: UInt16(HP_FRAME_MAGIC).bigEndian, as: UInt16.self)
        frame.storeBytes(of: UInt16(HP_FRAME_VERSION).bigEndian, toByteOffset: 2, as: UInt16.self)
        frame.storeBytes(of: length.bigEndian, toByteOffset: 4, as: UInt32.self)
        return owner.handle(UnsafeRawBufferPointer(frame), connection)
    }

    private func unmasked(_ payload: WebSocketReader.Payload, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let source = UnsafeRawBufferPointer(rebasing: bytes[payload.bytes])
        return [UInt8](unsafeUninitializedCapacity: source.count) { target, used in
            if let base = target.baseAddress { payload.mask.copy(source, to: base) }
            used = source.count
        }
    }

    private func makeRoom(_ count: Int) {
        room.deallocate()
        room = .allocate(byteCount: count, alignment: 16)
    }

    // MARK: The rest is the owner's

    func closed(_ connection: Connection, reason: CloseReason) {
        if connection.isMarked { owner.shared.webSockets.wrappingSubtract(1, ordering: .relaxed) }
        if Int(connection.tag) < states.count { states[Int(connection.tag)] = nil }
        fragments[connection.tag] = nil
        owner.closed(connection, reason: reason)
    }

    func stalled(_ connection: Connection) { owner.stalled(connection) }
    func drained(_ connection: Connection) { owner.drained(connection) }
    func flushed(_ connection: Connection, _ bytes: Int) { owner.flushed(connection, bytes) }
}
