import CPluginBridge
import Messaging

/// What a chain did for one message: filled while it runs, waits included, for benchmarks and replays.
final class ChainRecord {
    struct Verdict {
        var verdict: hp_verdict
        /// Of the plugin that decided.
        var plugin: String
        var code: UInt32 = 0
        var info = ""
        /// The uid a login was accepted for.
        var accepted: String?
        /// The answer of a route.
        var result: [UInt8]?
        /// What failed.
        var failure: String?
    }

    var verdict: Verdict?
    /// Frames written to sessions, outbound handlers behind them.
    var deliveries: [(session: Session, frame: [UInt8])] = []
    var closes: [(session: Session, reason: String)] = []
    /// What the world outside gave when the original was recorded, by function, and what was asked beyond that.
    var answers: [String: [[UInt8]]] = [:]
    var unanswered: [String] = []
}
