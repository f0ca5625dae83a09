/// A transaction and the answers to its parts: MULTI, each command, EXEC.
final class Transaction: RedisReplyReceiver {
    let commands: [RedisCommand]
    private let reply: (Result<[RESPValue], RedisError>) -> Void
    private var refusal: RedisError?
    private var isOver = false
    /// A server's answer that the whole must be asked elsewhere or again: the route says whether it takes care of it.
    var redirected: ((RedisError) -> Bool)?
    /// What `redirected` needs alive.
    var keeper: AnyObject?

    init(_ commands: [RedisCommand], _ reply: @escaping (Result<[RESPValue], RedisError>) -> Void) {
        self.commands = commands
        self.reply = reply
    }

    /// MULTI, the commands, EXEC.
    var parts: [RedisCommand] { [RedisCommand("MULTI")] + commands + [RedisCommand("EXEC")] }
    var lastTag: UInt64 { UInt64(commands.count) + 1 }

    func redisReplied(_ result: Result<RESPValue, RedisError>, tag: UInt64) {
        if isOver { return }
        guard tag == lastTag else {
            if case .failure(let error) = result {
                // Nobody waits for EXEC's answer if there will be none.
                if error.code != .server { return end(.failure(error)) }
                if refusal == nil { refusal = error }
            }
            return
        }
        switch result {
        case .success(let value):
            guard let answers = value.array else {
                return end(.failure(RedisError(.aborted, "a watched key changed", execution: .never)))
            }
            end(.success(answers))
        case .failure(let error):
            let reason = refusal ?? error
            refusal = nil
            if let redirected, redirected(reason) { return }
            if error.serverCode == "EXECABORT" {
                return end(.failure(RedisError(.aborted, "\(reason.message)", execution: .never)))
            }
            end(.failure(error))
        }
    }

    func fail(_ error: RedisError) { end(.failure(error)) }

    private func end(_ result: Result<[RESPValue], RedisError>) {
        if isOver { return }
        isOver = true
        keeper = nil
        redirected = nil
        reply(result)
    }
}
