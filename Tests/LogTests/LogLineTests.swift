import Logging
import Testing

@testable import HPushLog

@Suite struct LogLineTests {
    private func line(_ message: String, _ metadata: [(String, Logger.MetadataValue)] = []) -> LogLine {
        LogLine(
            milliseconds: 1_769_860_800_007, level: .warning, logger: "node", message: message,
            metadata: metadata.map { (key: $0.0, value: $0.1) })
    }

    @Test func text() {
        #expect(
            line("closed", [("session", "ab"), ("reason", "too slow"), ("none", "")]).rendered(as: .text)
                == "2026-01-31T12:00:00.007Z warning node: closed session=ab reason=\"too slow\" none=\"\"\n")
    }

    @Test func json() {
        #expect(
            line("closed", [("session", "ab"), ("count", .stringConvertible(3)), ("list", ["a", "b"])]).rendered(as: .json)
                == "{\"time\":\"2026-01-31T12:00:00.007Z\",\"level\":\"warning\",\"logger\":\"node\",\"message\":\"closed\","
                + "\"data\":{\"session\":\"ab\",\"count\":3,\"list\":[\"a\",\"b\"]}}\n")
    }

    @Test(arguments: [LogFormat.text, .json])
    func nothingInAMessageEndsTheLineOrMovesTheCursor(_ format: LogFormat) {
        let evil = "a\nb\r\u{1B}[2J\u{2028}\u{0}\u{9B}é\"\\"
        let rendered = line(evil, [(evil, .string(evil))]).rendered(as: format)
        let controls = rendered.dropLast().unicodeScalars.filter {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x2028
        }
        #expect(controls.isEmpty)
        #expect(rendered.hasSuffix("\n"))
        #expect(rendered.contains("é"))
    }
}
