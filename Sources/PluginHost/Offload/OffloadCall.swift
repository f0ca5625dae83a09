/// One call of an offload function on its way to a worker.
struct OffloadCall: Sendable {
    let plugin: String
    let function: String
    /// Encoded, one after the other.
    let arguments: [UInt8]
    /// Called once, on the worker's thread.
    let done: @Sendable (Result<[LuaValue], HostCallError>) -> Void
}

extension HostCall {
    /// The arguments of hpush.offload after the name, encoded for another state.
    /// - Throws: `HostCallError` for what is bound to a loop or too large.
    package func offloadArguments() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for value in arguments.dropFirst() {
            if let kind = value.boundToLoop {
                throw HostCallError("a \(kind) can't be handed to a worker; give the fields that it needs")
            }
            value.encode(into: &bytes)
        }
        guard bytes.count <= OffloadWorkers.mostBytes else {
            throw HostCallError("the arguments are over \(OffloadWorkers.mostBytes >> 20) MB")
        }
        return bytes
    }
}

extension LuaValue {
    /// "session" or "message" where one is in it: handles of a loop's own objects.
    fileprivate var boundToLoop: String? {
        switch self {
        case .session, .message: kind
        case .list(let values): values.lazy.compactMap(\.boundToLoop).first
        case .table(let entries): entries.lazy.compactMap { $0.key.boundToLoop ?? $0.value.boundToLoop }.first
        default: nil
        }
    }
}
