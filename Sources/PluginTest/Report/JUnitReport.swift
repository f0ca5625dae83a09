import Foundation

/// Test results as JUnit XML, one suite a plugin.
package struct JUnitReport {
    private var results: [TestResult] = []

    package init() {}

    package mutating func add(_ result: TestResult) { results.append(result) }

    package var xml: String {
        var plugins: [String] = []
        for result in results where !plugins.contains(result.plugin) { plugins.append(result.plugin) }
        let suites = plugins.map { plugin in suite(plugin, results.filter { $0.plugin == plugin }) }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites \(Self.counts(results))>\n" + suites.joined() + "</testsuites>\n"
    }

    private func suite(_ plugin: String, _ results: [TestResult]) -> String {
        let cases = results.map { result -> String in
            let head =
                "    <testcase name=\"\(Self.escape(result.name))\" classname=\"\(Self.escape(plugin))\" "
                + "file=\"\(Self.escape(result.place.file))\" line=\"\(result.place.line)\" time=\"\(Self.seconds(result.seconds))\""
            guard let failure = result.failure else { return head + "/>\n" }
            let text = ([failure.place.description + ": " + failure.message, failure.source] + failure.errors.map { "log: " + $0 })
                .filter { !$0.isEmpty }.joined(separator: "\n")
            return head + ">\n      <failure message=\"\(Self.escape(failure.message))\">\(Self.escape(text))</failure>\n    </testcase>\n"
        }
        return "  <testsuite name=\"\(Self.escape(plugin))\" \(Self.counts(results))>\n" + cases.joined() + "  </testsuite>\n"
    }

    private static func counts(_ results: [TestResult]) -> String {
        let failures = results.count { $0.failure != nil }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        return "tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\" time=\"\(Self.seconds(seconds))\""
    }

    private static func seconds(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

    /// For text and attributes. What XML 1.0 can't hold, in no form, becomes U+FFFD.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\r": escaped += "&#13;"
            case "\t": escaped += "&#9;"
            case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: escaped += "\u{fffd}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
