/// A function that scripts can call, as its host provides it.
///
/// The name says where scripts find it: "notify" is hpush.notify, "sessions.of_user" is hpush.sessions.of_user, "session:send" is a method of
/// session objects (the session is the first argument), "session.uid" a field of them, "ctx.remote" a field of ctx.
public struct HostFunction<Services: AnyObject>: Sendable {
    public let name: String
    /// What a plugin's `needs` must name for it to be there; nil: it is there for all.
    public let need: String?
    /// May answer `.wait`.
    public let waits: Bool
    /// Runs on the state's loop. Errors' descriptions are raised in the script, at the caller's line.
    public let run: @Sendable (_ call: HostCall, _ services: Services) throws -> HostAnswer

    public init(
        _ name: String, need: String? = nil, waits: Bool = false,
        run: @escaping @Sendable (_ call: HostCall, _ services: Services) throws -> HostAnswer
    ) {
        self.name = name
        self.need = need
        self.waits = waits
        self.run = run
    }
}

/// One call of a host function.
public struct HostCall {
    public let arguments: [LuaValue]
    /// Index of the function among those the state was made with.
    let function: Int
    /// Index of the calling plugin in the generation.
    public let plugin: Int
    /// Handle of the execution's session; 0 without one.
    public let session: UInt64
    /// Names the execution to `PluginState.resume` when the answer is `.wait`.
    public let execution: UInt64
    /// What the host gave to the run.
    public let tag: UnsafeMutableRawPointer?
    /// The state that calls. Not the running one after a reload: handlers that waited finish in their own generation.
    public unowned(unsafe) let state: PluginState

    /// Name of the function that is called.
    public var functionName: String { state.functionNames[function] }

    /// Name of the calling plugin.
    public var pluginName: String { plugin < state.pluginNames.count ? state.pluginNames[plugin] : "host" }

    /// The argument at an index; nil where there is none.
    public func argument(_ index: Int) -> LuaValue { index < arguments.count ? arguments[index] : .nil }

    /// A string argument as text.
    /// - Throws: `HostCallError` that names the argument.
    public func text(_ index: Int, _ name: String) throws -> String {
        guard let text = argument(index).text else {
            throw HostCallError("\(name) is a string of UTF-8 text, not a \(argument(index).kind)")
        }
        return text
    }

    public func bytes(_ index: Int, _ name: String) throws -> [UInt8] {
        guard let bytes = argument(index).bytes else { throw HostCallError("\(name) is a string, not a \(argument(index).kind)") }
        return bytes
    }

    public func number(_ index: Int, _ name: String) throws -> Double {
        guard let number = argument(index).number else { throw HostCallError("\(name) is a number, not a \(argument(index).kind)") }
        return number
    }

    public func session(_ index: Int, _ name: String) throws -> UInt64 {
        guard case .session(let handle) = argument(index) else {
            throw HostCallError("\(name) is a session, not a \(argument(index).kind)")
        }
        return handle
    }
}

public enum HostAnswer: Sendable {
    case values([LuaValue])
    /// The host calls `PluginState.resume` later, on the same loop.
    case wait

    public static let none = HostAnswer.values([])
}

/// An error of the script's making: raised there with its line.
public struct HostCallError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
