import Dispatch
import Foundation
import Glibc
import Logging
import Reactor
import RedisClient

/// GETs pipelined by RedisClient: RedisGets HOST PORT WINDOW SECONDS. Prints answers a second, CPU microseconds an answer and the answers'
/// size, as gets.c does.
@main enum RedisGets {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let window = Int(arguments[3]), let seconds = Double(arguments[4]) else {
            print("usage: RedisGets HOST PORT WINDOW SECONDS")
            exit(2)
        }
        let loop = try EventLoop(index: 0, name: "redis-gets")
        var configuration = try RedisConfiguration(url: "redis://\(arguments[1]):\(arguments[2])")
        configuration.queuedCommands = max(window, 1_000)
        var logger = Logger(label: "redis")
        logger.logLevel = .warning
        let client = RedisClient(loop: loop, configuration: configuration, logger: logger)
        let reader = Reader(client, window: window, seconds: seconds)
        client.onState = { [unowned reader] state in if case .connected = state { reader.begin() } }
        try loop.start()
        client.start()
        reader.done.wait()
        print(reader.summary)
        exit(reader.hasFailed ? 1 : 0)
    }
}

/// Keeps WINDOW commands under way.
private final class Reader: RedisReplyReceiver, @unchecked Sendable {
    // @unchecked: used on the loop, and by the main thread when all is over.
    private let client: RedisClient
    private let window: Int
    private let seconds: Double
    @exclusivity(unchecked) private var command = RedisCommand("GET")
    @exclusivity(unchecked) private var number = 0
    @exclusivity(unchecked) private var answers = 0
    @exclusivity(unchecked) private var bytes = 0
    private var start: UInt64 = 0
    private var end: UInt64 = 0
    private var cpu = 0.0
    @exclusivity(unchecked) private var inFlight = 0
    let done = DispatchSemaphore(value: 0)
    private(set) var summary = ""
    private(set) var hasFailed = false

    init(_ client: RedisClient, window: Int, seconds: Double) {
        self.client = client
        self.window = window
        self.seconds = seconds
    }

    func begin() {
        start = DispatchTime.now().uptimeNanoseconds
        end = start + UInt64(seconds * 1e9)
        cpu = Self.cpu()
        for _ in 0..<window { send() }
    }

    private func send() {
        command.restart("GET")
        command.add(keys[number % 1_000])
        number += 1
        inFlight += 1
        client.send(command, to: self, tag: 0)
    }

    private let keys = (0..<1_000).map { Array("key:\($0)".utf8) }

    func redisReplied(_ result: Result<RESPValue, RedisError>, tag: UInt64) {
        guard case .success(.bulk(let value)) = result else {
            hasFailed = true
            summary = "\(result)"
            done.signal()
            return
        }
        answers += 1
        bytes += value.count
        inFlight -= 1
        // As the C program: a window at a time.
        guard inFlight == 0 else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        if now < end {
            for _ in 0..<window { send() }
            return
        }
        let took = Double(now - start) / 1e9
        let used = (Self.cpu() - cpu) / Double(answers) * 1e6
        summary = String(format: "%.0f %.3f %ld", Double(answers) / took, used, bytes / answers)
        done.signal()
    }

    private static func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
