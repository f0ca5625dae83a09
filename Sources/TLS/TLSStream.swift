import CTLS
import Reactor

/// TLS of one connection. OpenSSL's part is made with the first bytes, so that a connection that says nothing costs no more than without.
final class TLSStream: ConnectionFilter {
    private let context: TLSContext
    private let host: String?
    private let counts: HandshakeCounts
    let handshakeMilliseconds: Int
    private var stream: OpaquePointer?
    private var isCounted = false
    private(set) var isOpen = false
    private(set) var problem: String?

    init(_ context: TLSContext, host: String?, counts: HandshakeCounts, handshakeMilliseconds: Int) {
        self.context = context
        self.host = host
        self.counts = counts
        self.handshakeMilliseconds = handshakeMilliseconds
    }

    deinit { if let stream { ctls_stream_free(stream) } }

    func begin() -> FilterState {
        if context.isServer { return .going }
        guard let stream = made() else { return outOfMemory() }
        return ctls_begin(stream) == CTLS_GOING ? .going : failed()
    }

    func receive(_ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> (count: Int, state: FilterState) {
        guard let stream = made() else { return (0, outOfMemory()) }
        var count = 0
        let status = ctls_receive(stream, bytes.baseAddress, bytes.count, room.baseAddress, room.count, &count)
        if !isOpen, ctls_is_open(stream) != 0 {
            isOpen = true
            ended(.completed)
        }
        switch status {
        case CTLS_GOING: return (count, .going)
        case CTLS_ENDED: return (count, isOpen ? .ended : .failed(ended(.closed)))
        default: return (count, failed())
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let stream, let base = bytes.baseAddress else { return false }
        return ctls_send(stream, base, bytes.count) == 0
    }

    func end() { if let stream { ctls_end(stream) } }

    var output: UnsafeRawBufferPointer {
        var count = 0
        let bytes = ctls_output(&count)
        return UnsafeRawBufferPointer(start: bytes, count: count)
    }

    func clearOutput() { ctls_output_clear() }

    func closed(_ reason: CloseReason) {
        if !isCounted { ended(reason == .handshake(HandshakeResult.timeout.rawValue) ? .timeout : .closed) }
        // The connection may be held for a while yet.
        if let stream { ctls_stream_free(stream) }
        stream = nil
    }

    private func made() -> OpaquePointer? {
        if stream == nil { stream = ctls_stream_new(context.pointer, context.isServer ? 1 : 0, host) }
        return stream
    }

    private func failed() -> FilterState {
        problem = String(cString: ctls_failure_text())
        return .failed(isOpen ? .protocolError : ended(HandshakeResult(ctls_failure_kind())))
    }

    private func outOfMemory() -> FilterState {
        problem = "no memory for TLS"
        return .failed(ended(.other))
    }

    @discardableResult
    private func ended(_ result: HandshakeResult) -> CloseReason {
        if !isCounted {
            isCounted = true
            counts.add(result)
        }
        return .handshake(result.rawValue)
    }
}
