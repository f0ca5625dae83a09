import PluginHost
import Testing

/// A plugin that means harm, and how it is to end.
struct Attack: Sendable, CustomTestStringConvertible {
    enum Ending: Sendable {
        case runBudget, memory, error
        /// Stopped somehow; several ways are right.
        case failure
        /// The attack has no effect: the handler ends well.
        case harmless
    }

    let name: String
    let ending: Ending
    let source: String
    /// Messages sent, one after the other; the last one's outcome counts.
    var messages = 1
    var memoryMegabytes = 32

    /// A handler of message_request with this body. `hold` is the module's, to keep things from one message to the next.
    static func handler(_ name: String, _ ending: Ending, messages: Int = 1, memory: Int = 32, _ body: String) -> Attack {
        Attack(
            name: name, ending: ending,
            source: """
                local hold = {}
                local M = { api = 1, inbound = {} }
                function M.inbound.message_request(ctx, msg)
                \(body)
                end
                return M
                """, messages: messages, memoryMegabytes: memory)
    }

    var testDescription: String { name }
}
