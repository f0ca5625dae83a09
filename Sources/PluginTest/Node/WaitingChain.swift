import CPluginBridge
import CWire
import Messaging
import PluginHost

/// An execution that waits: what is needed to go on when it comes back (as `WaitingRun` of the node).
struct WaitingChain {
    /// Executions are numbered by their state; two generations may use the same number.
    struct Key: Hashable {
        let state: ObjectIdentifier
        let execution: UInt64

        init(_ state: PluginState, _ execution: UInt64) {
            self.state = ObjectIdentifier(state)
            self.execution = execution
        }
    }

    var kind: hp_kind
    var state: PluginState
    /// Held while it waits, as its uid's bytes are in use.
    var session: Session?
    var request: ChainRequest
    /// On the virtual clock.
    var timer: UInt64
    /// Nanoseconds of the virtual clock.
    var deadline: UInt64
    var record: ChainRecord?

    /// Whether its session's next messages wait behind it.
    var blocksSession: Bool { (kind == HP_INBOUND || kind == HP_ROUTE) && request.blocksSession }
}

/// The request a chain works on.
struct ChainRequest {
    var type: UInt32 = 0
    var sequence: UInt64 = 0
    var messageID: UInt64 = 0

    /// Whether the session's next messages wait until its handlers are done.
    var blocksSession: Bool { type != HP_MESSAGE_ACK.rawValue }
}
