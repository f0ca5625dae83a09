/// What a client's frames mean, in their order. No bytes are kept here: the owner presents what has come and copies what it needs.
///
/// A value: an owner that cannot take a step yet goes on with the reader it had before.
public struct WebSocketReader: Sendable {
    public enum Step: Equatable, Sendable {
        /// The next frame is complete with so many bytes from its front; 0: that is not known yet.
        case incomplete(total: Int)
        /// A part of a message, or all of it.
        case data(Payload, isFirst: Bool, isFinal: Bool)
        /// To be answered with the same payload.
        case ping(Payload)
        case pong(Payload)
        case close(Payload)
        /// The client broke the rules; nothing that follows can be understood.
        case fault(WebSocketCloseCode)
    }

    /// Masked bytes of the frame, by their place in what was presented.
    public struct Payload: Equatable, Sendable {
        public var bytes: Range<Int>
        public var mask: WebSocketMask

        /// Bytes of the whole frame.
        public var frameSize: Int { bytes.upperBound }
    }

    /// Bytes of the message that has begun; nil when none has.
    private var begun: Int?
    private let most: Int

    /// - Parameter most: bytes a message may have, over all its fragments.
    public init(most: Int) { self.most = most }

    /// Whether a message has begun and not ended.
    public var isInMessage: Bool { begun != nil }

    /// The first frame of `bytes`.
    public mutating func next(_ bytes: UnsafeRawBufferPointer) -> Step {
        switch WebSocketFrameHead.read(bytes) {
        case .partial: return early(bytes)
        case .fault(let code): return .fault(code)
        case .head(let head):
            if let code = objection(to: head.kind) { return .fault(code) }
            if head.isData, head.length > most - (begun ?? 0) { return .fault(.tooBig) }
            let total = head.size + head.length
            guard bytes.count >= total else { return .incomplete(total: total) }
            return take(head)
        }
    }

    private mutating func take(_ head: WebSocketFrameHead) -> Step {
        let payload = Payload(bytes: head.size..<head.size + head.length, mask: head.mask)
        switch head.kind {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        case .close: return .close(payload)
        case .text, .binary, .continuation:
            let isFirst = begun == nil
            begun = head.isFinal ? nil : (begun ?? 0) + head.length
            return .data(payload, isFirst: isFirst, isFinal: head.isFinal)
        }
    }

    /// What the first byte of a head tells already.
    private func early(_ bytes: UnsafeRawBufferPointer) -> Step {
        if let first = bytes.first, let kind = WebSocketFrameHead.Kind(rawValue: first & 0x0F), let code = objection(to: kind) {
            return .fault(code)
        }
        return .incomplete(total: 0)
    }

    private func objection(to kind: WebSocketFrameHead.Kind) -> WebSocketCloseCode? {
        switch kind {
        case .text: isInMessage ? .protocolError : .unsupported
        case .binary: isInMessage ? .protocolError : nil
        case .continuation: isInMessage ? nil : .protocolError
        case .close, .ping, .pong: nil
        }
    }
}
