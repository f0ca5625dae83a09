import CWire
import Messaging
import WireProtocol

/// A client's connection without a network: what the node writes can be looked at.
final class VirtualConnection {
    unowned let loop: VirtualLoop
    /// HOST:PORT of the client.
    let remote: String
    var session: Session?
    /// Frames that wait since reading has stopped.
    var input: [(frame: [UInt8], record: ChainRecord?)] = []
    /// Of the session's pending frames, in their order.
    var pendingRecords: [ChainRecord?] = []
    var isReading = true
    private(set) var isOpen = true
    /// Why it closed, as the node's metrics call it, or in a plugin's words.
    private(set) var closeReason: String?
    /// Frames that came and nobody has looked at yet.
    private var received: [ReceivedFrame] = []
    /// Whether what is written is kept; a benchmark throws it away.
    var keepsFrames = true

    init(_ loop: VirtualLoop, remote: String) {
        self.loop = loop
        self.remote = remote
    }

    /// The client's address without its port.
    var host: String {
        let end = remote.lastIndex(of: ":") ?? remote.endIndex
        return String(remote[..<end])
    }

    func write(_ frame: UnsafeRawBufferPointer) {
        if isOpen, keepsFrames, let read = ReceivedFrame(Array(frame)) { received.append(read) }
    }

    /// Takes the next frame of a type that satisfies a condition.
    func take(_ type: hp_head_type, where condition: (ReceivedFrame) -> Bool = { _ in true }) -> ReceivedFrame? {
        let index = received.firstIndex { $0.type == type.rawValue && condition($0) }
        return index.map { received.remove(at: $0) }
    }

    func contains(_ type: hp_head_type, where condition: (ReceivedFrame) -> Bool) -> Bool {
        received.contains { $0.type == type.rawValue && condition($0) }
    }

    /// The node lets go of it in its next turn, as it does with a real one.
    func close(_ reason: String) {
        guard isOpen else { return }
        isOpen = false
        closeReason = reason
        input.removeAll()
        loop.execute { [unowned loop, self] in loop.closed(self) }
    }
}
