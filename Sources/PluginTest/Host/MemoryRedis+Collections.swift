import PluginHost

// Hashes, lists and sets.
extension MemoryRedis {
    static let hashCommands: [String: (least: Int, run: Command)] = [
        "HSET": (
            3,
            { redis, arguments in
                guard arguments.count % 2 == 1 else { throw Refusal(text: "ERR wrong number of arguments for 'hset' command") }
                var fields = try redis.hash(arguments[0])
                var added = 0
                for index in stride(from: 1, to: arguments.count, by: 2) {
                    if fields.updateValue(arguments[index + 1], forKey: arguments[index]) == nil { added += 1 }
                }
                redis.change(arguments[0], .hash(fields))
                return .integer(Int64(added))
            }
        ),
        "HGET": (2, { redis, arguments in try redis.hash(arguments[0])[arguments[1]].map { .string($0) } ?? .nil }),
        "HGETALL": (
            1,
            { redis, arguments in
                let fields = try redis.hash(arguments[0]).sorted { $0.key.lexicographicallyPrecedes($1.key) }
                return .table(fields.map { LuaValue.Entry(.string($0.key), .string($0.value)) })
            }
        ),
        "HDEL": (
            2,
            { redis, arguments in
                var fields = try redis.hash(arguments[0])
                let removed = arguments.dropFirst().count { fields.removeValue(forKey: $0) != nil }
                redis.change(arguments[0], .hash(fields))
                return .integer(Int64(removed))
            }
        ),
        "HINCRBY": (
            3,
            { redis, arguments in
                var fields = try redis.hash(arguments[0])
                let sum = try sum(fields[arguments[1]], integer(arguments[2]))
                fields[arguments[1]] = Array("\(sum)".utf8)
                redis.change(arguments[0], .hash(fields))
                return .integer(sum)
            }
        ),
    ]

    static let listCommands: [String: (least: Int, run: Command)] = [
        "LPUSH": (2, { redis, arguments in try redis.push(arguments[0]) { Array(arguments.dropFirst().reversed()) + $0 } }),
        "RPUSH": (2, { redis, arguments in try redis.push(arguments[0]) { $0 + arguments.dropFirst() } }),
        "LRANGE": (
            3,
            { redis, arguments in
                let items = try redis.list(arguments[0])
                func place(_ argument: [UInt8]) throws -> Int {
                    let index = Int(clamping: try integer(argument))
                    return index < 0 ? items.count + index : index
                }
                let first = max(0, try place(arguments[1])), last = min(items.count - 1, try place(arguments[2]))
                return .list(first <= last ? items[first...last].map { .string($0) } : [])
            }
        ),
        "LLEN": (1, { redis, arguments in .integer(Int64(try redis.list(arguments[0]).count)) }),
    ]

    static let setCommands: [String: (least: Int, run: Command)] = [
        "SADD": (
            2,
            { redis, arguments in
                var members = try redis.set(arguments[0])
                let added = arguments.dropFirst().count { members.insert($0).inserted }
                redis.change(arguments[0], .set(members))
                return .integer(Int64(added))
            }
        ),
        "SREM": (
            2,
            { redis, arguments in
                var members = try redis.set(arguments[0])
                let removed = arguments.dropFirst().count { members.remove($0) != nil }
                redis.change(arguments[0], .set(members))
                return .integer(Int64(removed))
            }
        ),
        "SISMEMBER": (2, { redis, arguments in .integer(try redis.set(arguments[0]).contains(arguments[1]) ? 1 : 0) }),
        "SMEMBERS": (
            1,
            { redis, arguments in
                .list(try redis.set(arguments[0]).sorted { $0.lexicographicallyPrecedes($1) }.map { .string($0) })
            }
        ),
    ]

    private func push(_ key: [UInt8], _ add: ([[UInt8]]) -> [[UInt8]]) throws -> LuaValue {
        let items = add(try list(key))
        change(key, .list(items))
        return .integer(Int64(items.count))
    }
}
