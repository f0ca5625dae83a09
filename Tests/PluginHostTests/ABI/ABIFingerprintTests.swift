import CPluginBridge
import Foundation
import Testing

/// The ABI of hpush_plugin.h and its version move together.
@Suite struct ABIFingerprintTests {
    /// Fingerprint of the header's declarations by ABI version. After a change that a compiled host would notice, raise
    /// HP_PLUGIN_ABI and add a line here; after one that it would not (a new function at the end), only change the line.
    static let fingerprints: [UInt32: String] = [3: "e51545356e534050"]

    @Test func declarationsChangeOnlyWithTheVersion() throws {
        let header = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/CPluginBridge/include/hpush_plugin.h")
        let text = try String(contentsOf: header, encoding: .utf8)
        let fingerprint = Self.fingerprint(of: text)
        #expect(Self.fingerprints[HP_PLUGIN_ABI] == fingerprint, "hpush_plugin.h changed: see the comment above")
    }

    @Test func commentsAndSpaceDoNotCount() {
        #expect(Self.fingerprint(of: "int a; /* b */\n") == Self.fingerprint(of: "int   a; // c"))
        #expect(Self.fingerprint(of: "int a;") != Self.fingerprint(of: "int b;"))
    }

    /// FNV-1a over the text without comments and with all white space as one blank.
    static func fingerprint(of text: String) -> String {
        let bare = text.replacing(/\/\*(?s:.*?)\*\//, with: " ").replacing(/\/\/.*/, with: " ")
        let words = bare.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in words.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
