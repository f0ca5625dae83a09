import PluginHost
import Testing

@testable import PluginTest

@Suite struct MemoryRedisTests {
    private let redis = MemoryRedis()

    private func run(_ command: String, now: Double = 0) throws -> [LuaValue] {
        let words = command.split(separator: " ").map(String.init)
        return try redis.run(words[0], words.dropFirst().map { Array($0.utf8) }, now: now)
    }

    @Test func stringsAndNumbers() throws {
        #expect(try run("GET a") == [.nil])
        #expect(try run("set a 1") == [.text("OK")] && run("GET a") == [.text("1")])
        #expect(try run("INCR a") == [.integer(2)] && run("INCRBY a -5") == [.integer(-3)])
        #expect(try run("SET a x NX") == [.nil] && run("SET b x XX") == [.nil] && run("SET b x NX") == [.text("OK")])
        #expect(try run("INCR b")[1].text?.hasPrefix("ERR value is not an integer") == true)
        #expect(try run("DEL a b c") == [.integer(2)] && run("EXISTS a b") == [.integer(0)])
    }

    @Test func timesToLive() throws {
        _ = try run("SETEX a 10 x")
        #expect(try run("TTL a", now: 4) == [.integer(6)] && run("GET a", now: 9.9) == [.text("x")])
        #expect(try run("GET a", now: 10) == [.nil] && run("TTL a", now: 10) == [.integer(-2)])
        _ = try run("INCR n", now: 10)
        #expect(try run("TTL n", now: 10) == [.integer(-1)] && run("EXPIRE n 5", now: 10) == [.integer(1)])
        #expect(try run("INCR n", now: 14) == [.integer(2)], "counting keeps the time to live")
        #expect(try run("INCR n", now: 15) == [.integer(1)])
        #expect(try run("EXPIRE nothing 5", now: 15) == [.integer(0)])
        _ = try run("SET p x PX 500", now: 20)
        #expect(try run("EXISTS p", now: 20.4) == [.integer(1)] && run("EXISTS p", now: 20.5) == [.integer(0)])
    }

    @Test func collections() throws {
        #expect(try run("HSET h a 1 b 2") == [.integer(2)] && run("HSET h a 3") == [.integer(0)])
        #expect(try run("HGET h a") == [.text("3")] && run("HINCRBY h a 4") == [.integer(7)])
        #expect(try run("HGETALL h")[0]["b"] == .text("2") && run("HDEL h a b c") == [.integer(2)] && run("EXISTS h") == [.integer(0)])
        #expect(try run("RPUSH l b c") == [.integer(2)] && run("LPUSH l a z") == [.integer(4)])
        #expect(try run("LRANGE l 0 -1") == [.list([.text("z"), .text("a"), .text("b"), .text("c")])])
        #expect(try run("LRANGE l -2 9") == [.list([.text("b"), .text("c")])] && run("LRANGE l 5 9") == [.list([])])
        #expect(try run("LLEN l") == [.integer(4)] && run("LLEN none") == [.integer(0)])
        #expect(try run("SADD s x y x") == [.integer(2)] && run("SISMEMBER s x") == [.integer(1)] && run("SREM s x z") == [.integer(1)])
        #expect(try run("SMEMBERS s") == [.list([.text("y")])])
    }

    @Test func mistakes() throws {
        _ = try run("SET a x")
        #expect(try run("HGET a f") == [.nil, .text("WRONGTYPE Operation against a key holding the wrong kind of value")])
        #expect(try run("GET") == [.nil, .text("ERR wrong number of arguments for 'get' command")])
        #expect(try run("SET a x EX") == [.nil, .text("ERR syntax error")])
        #expect(throws: HostCallError.self) { try run("ZADD s 1 a") }
    }
}
