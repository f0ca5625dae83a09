import CWire
import Foundation
import Testing
import WireProtocol

/// docs/protocol.md is what client authors write code from: its example and its tables must be true.
@Suite struct ProtocolDocumentTests {
    private let lines: [String]

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/protocol.md"), encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func theExampleIsTheFrameItSays() throws {
        let start = try #require(lines.firstIndex(of: "```hex"))
        let bytes = lines[(start + 1)...].prefix { $0 != "```" }.flatMap { line in
            line.split(separator: " ").prefix { $0.count == 2 && UInt8($0, radix: 16) != nil }.compactMap { UInt8($0, radix: 16) }
        }
        let message = WireMessage.with {
            $0.type = .messageRequest
            $0.sequence = 1
            $0.messageRequest.msgID = 7
            $0.messageRequest.to = "bob"
            $0.messageRequest.content = "hi"
        }
        #expect(try bytes == Frame.encode(message))
        var decoder = FrameDecoder()
        decoder.append(bytes)
        #expect(try decoder.nextMessage() == message)
    }

    @Test func theTableOfCodesIsComplete() {
        for code in ResultCode.allCases { #expect(lines.contains("| \(code.rawValue) | \(code) |")) }
    }

    @Test func theTableOfTypesIsComplete() throws {
        for type in WireHeadType.allCases {
            let name = String(cString: try #require(hp_type_name(UInt32(type.rawValue)))).uppercased()
            #expect(lines.contains { $0.hasPrefix("| \(type.rawValue) | \(name) |") })
        }
    }

    @Test func everyReasonIsNamed() {
        for error in FrameError.allCases { #expect(lines.contains { $0.hasPrefix("| `\(error.reason)` |") }) }
    }
}
