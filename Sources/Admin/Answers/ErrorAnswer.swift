import Node

/// The body of a failure.
public struct ErrorAnswer: Codable, Sendable {
    public struct Detail: Codable, Sendable {
        public var code: String
        public var message: String

        // Of a reload that changed nothing.

        public var plugin: String?
        public var file: String?
        public var line: Int?
        public var reason: String?
        /// The generation that stays in force.
        public var generation: UInt64?
        public var loops: [LoopAnswer]?
    }

    public var error: Detail

    /// Of a reload that changed nothing.
    init(_ failure: ReloadFailure) {
        error = Detail(code: failure.code.rawValue, message: failure.message)
        error.plugin = failure.plugin
        error.file = failure.file
        error.line = failure.line
        error.reason = failure.reason
        error.generation = failure.generation
        error.loops = failure.loops
    }
}
