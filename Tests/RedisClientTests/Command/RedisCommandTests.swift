import Testing

@testable import RedisClient

@Suite struct RedisCommandTests {
    private func wire(_ command: RedisCommand) -> String { String(decoding: command.wireBytes, as: UTF8.self) }

    @Test func isWrittenAsRedisReadsIt() {
        #expect(wire(RedisCommand(["SET", "key", 5])) == "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1\r\n5\r\n")
        #expect(wire(RedisCommand("MGET", ["a", "b"])) == "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n")
        #expect(wire(RedisCommand("X", "")) == "*2\r\n$1\r\nX\r\n$0\r\n\r\n")
    }

    @Test func writesNumbers() {
        var command = RedisCommand("X")
        for number in [0, -1, 1234, Int64.max, Int64.min] { command.add(number) }
        let expected = ["0", "-1", "1234", "9223372036854775807", "-9223372036854775808"]
        #expect((1...5).map { String(decoding: command[$0] ?? [], as: UTF8.self) } == expected)
    }

    @Test func carriesAnyBytes() {
        let bytes: [UInt8] = [0, 13, 10, 255, 36]
        #expect(RedisCommand("SET", "k", bytes)[2] == bytes)
    }

    @Test func countsManyArguments() {
        let command = RedisCommand("DEL", (0..<123).map { "key\($0)" })
        #expect(wire(command).hasPrefix("*124\r\n$3\r\nDEL\r\n"))
        #expect(command[123] == Array("key122".utf8))
        #expect(command[124] == nil)
    }

    @Test func restartsEmpty() {
        var command = RedisCommand("SET", "a", "b")
        command.keys = 1..<2
        command.restart("GET")
        command.add("c")
        #expect(command == RedisCommand("GET", "c"))
    }

    @Test func scriptsFallBackToTheirSource() {
        let script = RedisScript("return KEYS[1]")
        let command = script.command(keys: ["a", "b"], arguments: [1])
        #expect(command[0] == Array("EVALSHA".utf8))
        #expect(command.keyPositions == [3, 4])
        #expect(command.withSource(of: script) == script.command(keys: ["a", "b"], arguments: [1], withSource: true))
    }
}
