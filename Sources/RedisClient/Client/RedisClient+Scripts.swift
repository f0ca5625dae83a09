extension RedisClient {
    /// Runs a script by its digest, and with its text where the server does not have it. Loop-only; `reply` is called later.
    ///
    /// A script that had to be sent again may run after commands sent after it. Scripts named in `RedisConfiguration.scripts` are loaded on
    /// each connection first, so theirs keep their place.
    public func evaluate(
        _ script: RedisScript, keys: [any RedisArgument] = [], arguments: [any RedisArgument] = [], timeout: Int? = nil,
        reply: @escaping RedisReply
    ) {
        evaluate(script, script.command(keys: keys, arguments: arguments), timeout: timeout, reply: reply)
    }

    /// The same with a command built before by `RedisScript.command(keys:arguments:)`, or by hand: `EVALSHA`, digest, number of keys, keys,
    /// arguments.
    public func evaluate(_ script: RedisScript, _ command: RedisCommand, timeout: Int? = nil, reply: @escaping RedisReply) {
        let deadline = deadline(timeout)
        send(command, timeout: timeout) { [self] result in
            guard case .failure(let error) = result, error.serverCode == "NOSCRIPT" else { return reply(result) }
            let left = deadline > loop.now ? Int((deadline - loop.now) / 1_000_000) : 0
            send(command.withSource(of: script), timeout: left, reply: reply)
        }
    }
}
