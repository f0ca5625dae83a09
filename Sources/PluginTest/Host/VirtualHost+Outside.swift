import Node
import PluginHost
import PluginRecording

// The world outside: a stub of hpush.http, and hpush.redis in memory.
extension VirtualHost {
    static let outside: [HostFunction<VirtualLoop>] = [
        HostFunction("http", need: "http", waits: true) { call, loop in
            let request = call.argument(0)
            _ = try HTTPCall(request, longest: Double(loop.node.setup.limits.waitMilliseconds) / 1000)
            return loop.outsideLater(call) {
                guard let http = loop.node.http else { return [.nil, .text("nobody answers")] }
                return try StubbedHTTP.answer(http(StubbedHTTP.request(request)))
            }
        },
        HostFunction("redis", need: "redis", waits: true) { call, loop in
            let command = try call.text(0, "the command")
            let arguments = try call.arguments.dropFirst().enumerated().map { try MemoryRedis.bytes($0.element, $0.offset + 2) }
            return loop.outsideLater(call) { try loop.node.redis.run(command, arguments, now: loop.node.clock.seconds) }
        },
    ]
}

extension VirtualLoop {
    /// What the world outside this loop gives, at once. In a replay that is what was recorded.
    func outside(_ call: HostCall, _ work: () throws -> [LuaValue]) rethrows -> HostAnswer {
        guard node.isReplay, let record else { return .values(try work()) }
        return .values(record.nextAnswer(of: call)?.values ?? [.nil, .text(ChainRecord.noAnswer)])
    }

    /// The same, where a node asks another thread: the handler waits for the loop's next turn, or as long as it did when it was recorded.
    func outsideLater(_ call: HostCall, _ work: @escaping () throws -> [LuaValue]) -> HostAnswer {
        guard node.isReplay, let record else { return later(call, work) }
        guard let answer = record.nextAnswer(of: call) else { return later(call) { [.nil, .text(ChainRecord.noAnswer)] } }
        guard answer.after >= 0.001 else { return later(call) { answer.values } }
        let execution = call.execution
        let state = call.state
        _ = node.clock.schedule(afterMilliseconds: Int((answer.after * 1000).rounded())) { [unowned self] in
            resume(execution, of: state, with: .success(answer.values))
        }
        return .wait
    }
}

extension ChainRecord {
    static let noAnswer = "not in the recording"

    /// The next recorded answer of the function that is called; nil when there is none left, which is noted.
    fileprivate func nextAnswer(of call: HostCall) -> RecordedOutcome.Answer? {
        let name = call.functionName
        guard let index = answers.firstIndex(where: { $0.function == name }) else {
            if !unanswered.contains(name) { unanswered.append(name) }
            return nil
        }
        return answers.remove(at: index)
    }
}
