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

    init(_ failure: AdminFailure) {
        error = Detail(code: failure.code, message: failure.message)
        guard let reload = failure.reload else { return }
        error.plugin = reload.plugin
        error.file = reload.file
        error.line = reload.line
        error.reason = reload.reason
        error.generation = reload.generation
        error.loops = reload.loops
    }
}
