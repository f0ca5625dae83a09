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
        var logger = Logger(label: "node") { NodeLogHandler(label: $0, level: .info, format: .text, output: output) }
        logger[metadataKey: "loop"] = "1"
        logger.debug("unseen")
        logger.info("seen", metadata: ["session": "ab"])
        let lines = output.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix(" info node: seen loop=1 session=ab\n") == true)
    }
}
