import Foundation
import Testing

@testable import PluginTest

@Suite struct ReportTests {
    private let results = [
        TestResult(plugin: "p", name: "good", place: TestPlace(file: "p_test.lua", line: 1), seconds: 0.5),
        TestResult(
            plugin: "p", name: "a < b & \"c\"", place: TestPlace(file: "p_test.lua", line: 2), seconds: 0.25,
            failure: .init(
                place: TestPlace(file: "p_test.lua", line: 3), message: "expected \"<x>\", got \u{1}", source: "t:equal(1, 2)",
                errors: ["p: oops"])),
    ]

    @Test func aTestIsALineAndAFailureFollowedByItsReason() {
        var report = TerminalReport(isTerminal: false)
        #expect(report.lines(of: results[0]) == ["ok      p: good"])
        #expect(
            report.lines(of: results[1]) == [
                "FAILED  p: a < b & \"c\"", "        p_test.lua:3: expected \"<x>\", got \u{1}", "        > t:equal(1, 2)",
                "        log: p: oops",
            ])
        #expect(report.summary == "1 passed, 1 failed" && report.hasFailed && report.count == 2)
        var terminal = TerminalReport(isTerminal: true)
        #expect(terminal.lines(of: results[0])[0].contains("✓") && terminal.lines(of: results[1])[0].contains("✗"))
    }

    @Test func junitIsXMLWhateverTheNames() throws {
        var report = JUnitReport()
        for result in results { report.add(result) }
        let xml = report.xml
        #expect(xml.contains("<testsuites tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.750\">"))
        #expect(xml.contains("<testcase name=\"a &lt; b &amp; &quot;c&quot;\" classname=\"p\" file=\"p_test.lua\" line=\"2\""))
        #expect(xml.contains("<failure message=\"expected &quot;&lt;x&gt;&quot;, got \u{fffd}\">"))
        #expect(!xml.unicodeScalars.contains("\u{1}"))
    }
}
