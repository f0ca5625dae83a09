import PluginHost
import RedisClient

/// What `hpush.redis` takes and gives.
enum RedisCall {
    /// Commands that change the connection all handlers share, or hold it up.
    private static let refused: Set<String> = [
        "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "CLIENT", "DISCARD", "EXEC", "HELLO",
        "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "PUNSUBSCRIBE", "QUIT", "RESET", "SELECT", "SHUTDOWN", "SSUBSCRIBE", "SUBSCRIBE",
        "SUNSUBSCRIBE", "SYNC", "UNSUBSCRIBE", "UNWATCH", "WAIT", "WAITAOF", "WATCH",
    ]

    /// - Throws: `HostCallError` that names what is wrong with the arguments.
    static func command(_ call: HostCall) throws -> RedisCommand {
        let name = try call.text(0, "the command")
        guard !name.isEmpty, !refused.contains(name.uppercased()) else {
            throw HostCallError("hpush.redis: '\(name)' is not for a connection that all handlers share")
        }
        var command = RedisCommand(name)
        for (index, argument) in call.arguments.dropFirst().enumerated() { command.add(try bytes(argument, index + 2)) }
        return command
    }

    private static func bytes(_ value: LuaValue, _ position: Int) throws -> [UInt8] {
        switch value {
        case .string(let bytes): bytes
        case .integer(let number): Array("\(number)".utf8)
        case .number(let number): Array("\(number)".utf8)
        default: throw HostCallError("argument #\(position) of hpush.redis is a string or a number, not a \(value.kind)")
        }
    }

    /// The answer's value; nil and a reason where there is none.
    static func values(_ result: Result<RESPValue, RedisError>) -> [LuaValue] {
        switch result {
        case .success(let value): [lua(value)]
        case .failure(let error): [.nil, .text(error.code == .server ? error.message : "\(error.code): \(error.message)")]
        }
    }

    private static func lua(_ value: RESPValue) -> LuaValue {
        switch value {
        case .simple(let text), .error(let text), .bigNumber(let text): .text(text)
        case .integer(let number): .integer(number)
        case .bulk(let bytes): .string(bytes)
        case .null: .nil
        case .double(let number): .number(number)
        case .boolean(let yes): .bool(yes)
        case .array(let values), .set(let values), .push(let values): .list(values.map(lua))
        case .map(let pairs): .table(pairs.map { LuaValue.Entry(lua($0.key), lua($0.value)) })
        }
    }
}
