import Foundation
import Testing

@testable import HPushConfiguration

@Suite struct ConfigurationDocumentationTests {
    /// `HPUSH_TEST_WRITE_DOCS=1` writes the file instead of comparing it.
    @Test func theFileIsWhatTheDescriptionSays() throws {
        let file = Fixtures.package + "/docs/configuration.md"
        let expected = ConfigurationDocumentation.markdown()
        if ProcessInfo.processInfo.environment["HPUSH_TEST_WRITE_DOCS"] != nil {
            try expected.write(toFile: file, atomically: true, encoding: .utf8)
        }
        let found = try String(contentsOfFile: file, encoding: .utf8)
        #expect(found == expected, "write it anew: scripts/docs --write")
    }

    @Test func everyKeyIsThere() {
        let text = ConfigurationDocumentation.markdown()
        for key in ConfigurationKey.all { #expect(text.contains("| `\(key.path)` |")) }
    }
}
