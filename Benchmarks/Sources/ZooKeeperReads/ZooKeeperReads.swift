import Foundation
import Logging
import Reactor
import ZooKeeperClient

/// Pipelined reads of one node with `ZooKeeperClient`; what `zookeeper/reads.c` does with the C client.
///
///     ZooKeeperReads HOST:PORT PATH WINDOW SECONDS
///     ZooKeeperReads HOST:PORT PATH make BYTES        makes the node instead
@main
struct ZooKeeperReads {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            FileHandle.standardError.write(Data("usage: ZooKeeperReads HOST:PORT PATH (WINDOW SECONDS | make BYTES)\n".utf8))
            exit(2)
        }
        let loop = try EventLoop(index: 0, name: "reads")
        try loop.start()
        let configuration = try ZooKeeperConfiguration(connectString: arguments[1])
        var logger = Logger(label: "reads")
        logger.logLevel = .warning
        let client = try ZooKeeperClient(loop: loop, configuration: configuration, logger: logger)
        client.start()
        _ = try await client.exists("/", timeoutMilliseconds: 20_000)
        if arguments[3] == "make", let bytes = Int(arguments[4]) {
            try await client.create(arguments[2], data: [UInt8](repeating: 120, count: bytes))
        } else if let window = Int(arguments[3]), let seconds = Double(arguments[4]) {
            try await measure(client, arguments[2], window, seconds)
        }
        await client.close()
        loop.stop()
        loop.join()
    }

    private static func measure(_ client: ZooKeeperClient, _ path: String, _ window: Int, _ seconds: Double) async throws {
        let reader = PipelinedReader(client, path)
        let (used, started) = (cpu(), now())
        client.loop.execute { for _ in 0..<window { reader.ask() } }
        try await Task.sleep(for: .seconds(seconds))
        let (reads, failures): (Int, Int) = await withCheckedContinuation { continuation in
            client.loop.execute { continuation.resume(returning: (reader.reads, reader.failures)) }
        }
        let (passed, spent) = (now() - started, cpu() - used)
        client.loop.execute { reader.isStopping = true }
        if failures > 0 { exit(1) }
        print(String(format: "{\"reads\": %d, \"seconds\": %.3f, \"cpu\": %.3f}", reads, passed, spent))
    }

    private static func now() -> Double { clock(CLOCK_MONOTONIC) }

    /// User and system seconds of this process.
    private static func cpu() -> Double { clock(CLOCK_PROCESS_CPUTIME_ID) }

    private static func clock(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
