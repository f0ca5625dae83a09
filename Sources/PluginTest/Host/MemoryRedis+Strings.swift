import PluginHost

// GET SET SETEX INCR INCRBY, and EXPIRE TTL DEL EXISTS of any key.
extension MemoryRedis {
    static let stringCommands: [String: (least: Int, run: Command)] = [
        "GET": (1, { redis, arguments in try redis.string(arguments[0]).map { .string($0) } ?? .nil }),
        "SET": (2, { redis, arguments in try redis.set(arguments) }),
        "SETEX": (
            3,
            { redis, arguments in
                let seconds = try integer(arguments[1])
                guard seconds > 0 else { throw Refusal(text: "ERR invalid expire time in 'setex' command") }
                redis[arguments[0]] = Entry(value: .string(arguments[2]), expires: redis.now + Double(seconds))
                return .text("OK")
            }
        ),
        "INCR": (1, { redis, arguments in try redis.increment(arguments[0], by: 1) }),
        "INCRBY": (2, { redis, arguments in try redis.increment(arguments[0], by: integer(arguments[1])) }),
    ]

    static let keyCommands: [String: (least: Int, run: Command)] = [
        "EXPIRE": (
            2,
            { redis, arguments in
                guard var entry = redis[arguments[0]] else { return .integer(0) }
                entry.expires = redis.now + Double(try integer(arguments[1]))
                redis[arguments[0]] = entry
                return .integer(1)
            }
        ),
        "TTL": (
            1,
            { redis, arguments in
                guard let entry = redis[arguments[0]] else { return .integer(-2) }
                return .integer(entry.expires.map { Int64(($0 - redis.now).rounded()) } ?? -1)
            }
        ),
        "DEL": (1, { redis, keys in .integer(Int64(keys.count { redis.remove($0) })) }),
        "EXISTS": (1, { redis, keys in .integer(Int64(keys.count { redis[$0] != nil })) }),
    ]

    /// SET key value [NX | XX] [EX seconds | PX milliseconds] [KEEPTTL]
    private func set(_ arguments: Arguments) throws -> LuaValue {
        var expires: Double?
        var words = arguments.dropFirst(2).map { String(decoding: $0, as: UTF8.self).uppercased() }[...]
        while let word = words.popFirst() {
            switch word {
            case "NX": if self[arguments[0]] != nil { return .nil }
            case "XX": if self[arguments[0]] == nil { return .nil }
            case "KEEPTTL": expires = self[arguments[0]]?.expires
            case "EX", "PX":
                guard let text = words.popFirst(), let amount = Int64(text), amount > 0 else { throw Refusal.syntax }
                expires = now + Double(amount) / (word == "EX" ? 1 : 1000)
            default: throw Refusal.syntax
            }
        }
        self[arguments[0]] = Entry(value: .string(arguments[1]), expires: expires)
        return .text("OK")
    }

    private func increment(_ key: [UInt8], by step: Int64) throws -> LuaValue {
        let sum = try Self.sum(string(key), step)
        change(key, .string(Array("\(sum)".utf8)))
        return .integer(sum)
    }

    private func remove(_ key: [UInt8]) -> Bool {
        defer { self[key] = nil }
        return self[key] != nil
    }
}
