import NIOCore
import WireProtocol

/// A message on its way out, and who waits for its answer.
struct OutgoingRequest: Sendable {
    let message: WireMessage
    /// Gets the answer with the same sequence, or an error.
    let answer: EventLoopPromise<WireMessage>?
}
