/// Which arguments of a command are keys. A command not listed has one, its first argument.
enum KeyRule: Equatable {
    case none
    /// From `first` to `last` (negative: from the end), every `step`-th.
    case span(Int, Int, Int)
    /// The argument at `count` says how many keys follow it; `before`: one more stands there.
    case counted(Int, before: Int?)
    /// After the word STREAMS: the first half of the rest.
    case streams

    static func of(_ name: String) -> KeyRule { table[name] ?? .span(1, 1, 1) }

    private static let table: [String: KeyRule] = {
        var table: [String: KeyRule] = [:]
        func add(_ rule: KeyRule, _ names: String) {
            for name in names.split(separator: " ") { table[String(name)] = rule }
        }
        add(
            .none,
            """
            ACL ASKING AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG DISCARD ECHO EXEC FAILOVER FLUSHALL FLUSHDB \
            FUNCTION HELLO INFO KEYS LASTSAVE LATENCY LOLWUT MODULE MONITOR MULTI PING PSUBSCRIBE PUBLISH PUBSUB PUNSUBSCRIBE QUIT \
            RANDOMKEY READONLY READWRITE REPLICAOF RESET ROLE SAVE SCAN SCRIPT SELECT SENTINEL SHUTDOWN SLAVEOF SLOWLOG SUBSCRIBE \
            SWAPDB TIME UNSUBSCRIBE UNWATCH WAIT WAITAOF
            """)
        add(
            .span(1, -1, 1),
            "DEL EXISTS MGET PFCOUNT PFMERGE SDIFF SDIFFSTORE SINTER SINTERSTORE SUNION SUNIONSTORE TOUCH UNLINK WATCH")
        add(.span(1, -1, 2), "MSET MSETNX")
        add(.span(2, -1, 1), "BITOP")
        add(.span(1, -2, 1), "BLPOP BRPOP BZPOPMAX BZPOPMIN")
        add(
            .span(1, 2, 1),
            "BLMOVE BRPOPLPUSH COPY GEOSEARCHSTORE LCS LMOVE RENAME RENAMENX RPOPLPUSH SMOVE ZRANGESTORE")
        add(.span(2, 2, 1), "MEMORY OBJECT XGROUP XINFO")
        add(.counted(1, before: nil), "LMPOP SINTERCARD ZDIFF ZINTER ZINTERCARD ZMPOP ZUNION")
        add(.counted(2, before: nil), "BLMPOP BZMPOP EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO")
        add(.counted(2, before: 1), "ZDIFFSTORE ZINTERSTORE ZUNIONSTORE")
        add(.streams, "XREAD XREADGROUP")
        return table
    }()
}
