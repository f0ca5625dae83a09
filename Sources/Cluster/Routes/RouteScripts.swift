import RedisClient

/// What is done to routes in one step at the server.
///
/// A field is void when its node is gone: its number is not among the living, and not above the highest one this node has seen. Numbers
/// only grow, so a higher one is a node that this one has not heard of yet.
enum RouteScripts {
    private static let clean = """
        local function clean(key, alive, highest)
          local fields = redis.call('HGETALL', key)
          local gone = 0
          for i = 1, #fields, 2 do
            local node = tonumber(string.match(fields[i + 1], '"node":(%d+)'))
            if not node or (node <= highest and not string.find(alive, ',' .. string.format('%d', node) .. ',', 1, true)) then
              redis.call('HDEL', key, fields[i])
              gone = gone + 1
            end
          end
          return gone
        end

        """

    /// KEYS: the user's hash; ARGV: session id, JSON, living nodes as ",1,2,", the highest number seen.
    static let add = RedisScript(
        clean + """
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            if redis.call('HLEN', KEYS[1]) > 1 then clean(KEYS[1], ARGV[3], tonumber(ARGV[4])) end
            return 1
            """)

    /// KEYS: a user's hash; ARGV: living nodes, the highest number seen, the asking node. The number of fields that went, then the sessions
    /// that stand there for the asking node.
    static let sweep = RedisScript(
        clean + """
            local found = { clean(KEYS[1], ARGV[1], tonumber(ARGV[2])) }
            local fields = redis.call('HGETALL', KEYS[1])
            for i = 1, #fields, 2 do
              if string.match(fields[i + 1], '"node":(%d+)') == ARGV[3] then found[#found + 1] = fields[i] end
            end
            return found
            """)

    static let all = [add, sweep]
}
