/// A Lua script for the server, known by its digest (`EVALSHA`); its text is sent where a server does not have it.
public struct RedisScript: Sendable, Hashable {
    public let source: String
    /// SHA-1 of the source in 40 hex digits.
    public let digest: String

    public init(_ source: String) {
        self.source = source
        digest = SHA1.hex(Array(source.utf8))
    }

    /// `EVALSHA`, or `EVAL` with the source.
    public func command(keys: [any RedisArgument], arguments: [any RedisArgument], withSource: Bool = false) -> RedisCommand {
        var command = RedisCommand(withSource ? "EVAL" : "EVALSHA", capacity: withSource ? source.utf8.count + 128 : 160)
        command.add(withSource ? source : digest)
        var list = RedisCommand([any RedisArgument]())
        for key in keys { key.append(to: &list) }
        command.add(Int64(list.count))
        command.keys = 3..<3 + list.count
        command.append(list)
        for argument in arguments { argument.append(to: &command) }
        return command
    }
}

extension RedisCommand {
    /// `EVAL` with the script's text from the `EVALSHA` with its digest.
    func withSource(of script: RedisScript) -> RedisCommand {
        var command = RedisCommand("EVAL", capacity: script.source.utf8.count + length + 32)
        command.add(script.source)
        command.keys = keys
        command.append(self, from: 2)
        return command
    }
}
