import CPluginBridge

/// Why a plugin could not be loaded, or why a handler failed. One line: plugin, place, reason.
public struct PluginFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case error
        case runBudget = "run_budget"
        case memory, wait, busy
    }

    public let kind: Kind
    public let plugin: String
    /// The handler that failed: "inbound.message_request".
    public let handler: String?
    /// "file:line: reason" where Lua knows the place.
    public let reason: String
    /// Whether the pipeline's entry is at fault (no such plugin, a wrong setting) and not the plugin's text.
    public let concernsEntry: Bool

    public init(kind: Kind = .error, plugin: String, handler: String? = nil, reason: String, concernsEntry: Bool = false) {
        self.kind = kind
        self.plugin = plugin
        self.handler = handler
        self.reason = reason
        self.concernsEntry = concernsEntry
    }

    public var description: String { "plugin \(plugin): \(reason)" }

    init(_ failure: hp_failure, plugin: String, handler: String? = nil) {
        self.plugin = plugin
        self.handler = handler
        concernsEntry = false
        reason = String(decoding: UnsafeRawBufferPointer(start: failure.text.data, count: failure.text.length), as: UTF8.self)
        kind =
            switch failure.kind {
            case HP_FAILURE_RUN: .runBudget
            case HP_FAILURE_MEMORY: .memory
            case HP_FAILURE_WAIT: .wait
            case HP_FAILURE_BUSY: .busy
            default: .error
            }
    }
}
