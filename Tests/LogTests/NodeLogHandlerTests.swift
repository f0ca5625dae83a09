import Logging
import Synchronization
import Testing

@testable import HPushLog

@Suite struct NodeLogHandlerTests {
    private final class Lines: LogOutput {
        let lines = Mutex<[String]>([])
        func write(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func levelAndMetadata() {
        let output = Lines()
        let threshold = LogThreshold(.info)
        var logger = Logger(label: "node") { NodeLogHandler(label: $0, threshold: threshold, format: .text, output: output) }
        logger[metadataKey: "loop"] = "1"
        logger.debug("unseen")
        logger.info("seen", metadata: ["session": "ab"])
        let lines = output.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix(" info node: seen loop=1 session=ab\n") == true)
    }

    @Test func theThresholdHoldsForLoggersThatAreThere() {
        let output = Lines()
        let threshold = LogThreshold(.info)
        let logger = Logger(label: "node") { NodeLogHandler(label: $0, threshold: threshold, format: .text, output: output) }
        var own = logger
        own.logLevel = .warning
        threshold.level = .debug
        #expect(threshold.level == .debug)
        logger.debug("seen")
        own.info("unseen: this one has a level of its own")
        threshold.level = .critical
        logger.error("unseen")
        #expect(output.lines.withLock { $0.map { $0.contains("seen") && !$0.contains("unseen") } } == [true])
    }
}
