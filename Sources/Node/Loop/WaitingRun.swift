import CPluginBridge
import CWire
import Messaging
import PluginHost
import Reactor

/// An execution that waits: what is needed to go on when it comes back.
struct WaitingRun {
    var kind: hp_kind
    var state: PluginState
    /// Names it in the state.
    var execution: UInt64
    /// Held while it waits, as its uid's bytes are in use.
    var session: Session?
    var request: Request
    var timer: TimerID
    /// When it is ended, in the loop's nanoseconds. That of a message counts for all its waits together.
    var deadline: UInt64
    /// A timer or a spawned function that began to wait while its generation was in force: it ends with it.
    var isBackground: Bool
    var note: ChainNote?
    var trace: MessageTrace?

    /// The request an inbound chain works on.
    struct Request {
        var type: UInt32 = 0
        var sequence: UInt64 = 0
        var messageID: UInt64 = 0
        /// Its message, if the sender waits for a receipt.
        var message: TrackedMessage?

        /// Whether the session's next messages wait until its handlers are done.
        var blocksSession: Bool { type != HP_MESSAGE_ACK.rawValue }
    }
}
