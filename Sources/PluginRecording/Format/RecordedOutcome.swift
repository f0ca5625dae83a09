public import PluginHost

/// What a chain did for one message, waits included.
public struct RecordedOutcome: Sendable, Equatable {
    public enum Verdict: String, Sendable, CaseIterable {
        /// The tail was reached.
        case next
        case stop, reject, close
        /// A handler failed: an error or a budget.
        case failed
        /// The session ended while its handler waited.
        case cancelled
    }

    /// A message that was written to a session, after its outbound handlers.
    public struct Delivery: Sendable, Equatable {
        /// The session's number in the recording.
        public var session: UInt64
        public var uid: String
        /// Head type in lower case.
        public var type: String
        /// Fields by proto name: where it is the message that came in, those that differ from it; else those that are not empty.
        public var fields: [LuaValue.Entry]

        public init(session: UInt64, uid: String, type: String, fields: [LuaValue.Entry]) {
            self.session = session
            self.uid = uid
            self.type = type
            self.fields = fields
        }
    }

    /// A notification's JSON text, or the reason of a close, for one session.
    public struct Notice: Sendable, Equatable {
        public var session: UInt64
        public var uid: String
        public var text: String

        public init(session: UInt64, uid: String, text: String) {
            self.session = session
            self.uid = uid
            self.text = text
        }
    }

    /// What the world outside the loop gave a handler (`OutsideFunctions`).
    public struct Answer: Sendable, Equatable {
        /// Of the host function: "store.verify".
        public var function: String
        /// Seconds from the call to the answer.
        public var after: Double
        public var values: [LuaValue]

        public init(function: String, after: Double, values: [LuaValue]) {
            self.function = function
            self.after = after
            self.values = values
        }
    }

    public var verdict: Verdict
    /// Who decided; empty where the tail was reached.
    public var plugin = ""
    public var code: UInt32 = 0
    public var info = ""
    /// The uid a login was accepted for.
    public var accepted: String?
    /// The answer of a route.
    public var result: [UInt8]?
    /// Why a handler failed.
    public var failure: String?
    public var deliveries: [Delivery] = []
    public var notifications: [Notice] = []
    public var closes: [Notice] = []
    /// In the order of the calls.
    public var answers: [Answer] = []

    public init(_ verdict: Verdict = .next) { self.verdict = verdict }
}
