import Testing

@testable import RedisClient

@Suite struct KeyRuleTests {
    static let samples: [(String, [Int])] = [
        ("GET a", [1]), ("get a", [1]), ("HSET a f v", [1]), ("PING", []), ("MGET a b c", [1, 2, 3]), ("MSET a 1 b 2", [1, 3]),
        ("BLPOP a b 0", [1, 2]),
        ("EVAL script 2 a b c", [3, 4]), ("EVALSHA digest 0 x", []), ("EVAL script 9 a", [3]), ("EVAL script -1 a", []),
        ("ZUNIONSTORE d 2 a b", [1, 3, 4]),
        ("XREAD COUNT 5 STREAMS a b 0 0", [4, 5]), ("OBJECT ENCODING a", [2]), ("RENAME a b", [1, 2]),
        ("SINTERCARD 2 a b LIMIT 1", [2, 3]),
        ("GET", []), ("MYMODULE.SET a b", [1]), ("XREAD", []),
    ]

    @Test(arguments: samples) func knowsWhereKeysStand(_ sample: (String, [Int])) {
        #expect(RedisCommand(sample.0.split(separator: " ").map(String.init)).keyPositions == sample.1)
    }

    @Test func takesTheOwnersWord() {
        var command = RedisCommand("MODULE.X", "option", "key", "key2")
        command.keys = 2..<4
        #expect(command.keyPositions == [2, 3])
        command.keys = 3..<99
        #expect(command.keyPositions == [3])
    }

    @Test func findsTheSlot() {
        #expect(RedisCommand("PING").place == .anywhere)
        #expect(RedisCommand("GET", "foo").place == .slot(12_182))
        #expect(RedisCommand("MGET", "{u}a", "{u}b").place == .slot(HashSlot.of("u")))
        #expect(RedisCommand("MGET", "a", "b").place == .conflict)
    }
}
