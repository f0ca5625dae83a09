/// What can stand in a command.
public protocol RedisArgument: Sendable {
    /// Appends itself to the command, as one argument or several.
    func append(to command: inout RedisCommand)
}

extension String: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(self) }
}

extension Substring: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(String(self)) }
}

extension Int: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(Int64(self)) }
}

extension Int64: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(self) }
}

extension UInt32: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(Int64(self)) }
}

extension UInt64: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(String(self)) }
}

extension Double: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(String(self)) }
}

extension Array: RedisArgument where Element: RedisArgument {
    /// Bytes are one argument, anything else is one a member.
    public func append(to command: inout RedisCommand) {
        if let bytes = self as? [UInt8] { return command.add(bytes) }
        for element in self { element.append(to: &command) }
    }
}

extension UInt8: RedisArgument {
    public func append(to command: inout RedisCommand) { command.add(Int64(self)) }
}

extension ArraySlice: RedisArgument where Element == UInt8 {
    public func append(to command: inout RedisCommand) { withUnsafeBytes { command.add($0) } }
}
