import CWire
import SwiftProtobuf
import Testing
import WireProtocol

/// The scanner reads what swift-protobuf reads and refuses what it refuses, over seeded random bodies.
///
/// One difference is known and wanted: inside an unknown group swift-protobuf takes tags of up to 10 bytes, we (as C++) of 5.
@Suite struct ScannerAgreementTests {
    @Test func acceptsWhatAParserAccepts() throws {
        var generator = BodyGenerator(seed: 1)
        for index in 0..<8_000 {
            let body = generator.validBody()
            let scanned = Scanned(body)
            let message = try? WireMessage(serializedBytes: body)
            try #require(message != nil && scanned.isAccepted, "case \(index): \(body)")
            if let message { try compare(scanned, message, index) }
        }
    }

    @Test func refusesWhatAParserRefuses() throws {
        var generator = BodyGenerator(seed: 2)
        var refused = 0
        for index in 0..<12_000 {
            let body = generator.damagedBody()
            let scanned = Scanned(body)
            let message = try? WireMessage(serializedBytes: body)
            try #require((message != nil) == scanned.isAccepted, "case \(index), \(scanned.status): \(body)")
            refused += scanned.isAccepted ? 0 : 1
            if let message { try compare(scanned, message, index) }
        }
        #expect(refused > 2_000 && refused < 10_000, "the generator must make both kinds")
    }

    private func compare(_ scanned: Scanned, _ message: WireMessage, _ index: Int) throws {
        let envelope = scanned.envelope
        try #require(envelope.type == message.rawType, "case \(index)")
        try #require(envelope.sequence == message.sequence, "case \(index)")
        try #require(scanned.text(envelope.session_id) == message.sessionID, "case \(index)")

        let request = envelope.type == HP_MESSAGE_REQUEST.rawValue ? message.messageRequest : WireMessageRequest()
        try #require(envelope.msg_id == request.msgID, "case \(index)")
        try #require(scanned.text(envelope.from) == request.from, "case \(index)")
        try #require(scanned.text(envelope.to) == request.to, "case \(index)")
        try #require(scanned.text(envelope.group) == request.group, "case \(index)")
        let unknownNumbers = WireBytes.fields(Array(request.unknownFields.data)).map(\.number)
        let hasNodeFields = request.serverID != 0 || request.conversationSeq != 0 || unknownNumbers.contains { $0 == 17 || $0 == 18 }
        try #require(!hasNodeFields || scanned.carriesNodeFields, "case \(index)")

        let number = hp_inner_number(envelope.type)
        guard !scanned.isSplit, let inner = message.allInner[number] else { return }
        let reread = try type(of: inner).init(serializedBytes: scanned.inner)
        try #require(reread.isEqualTo(message: inner), "case \(index)")
        try compareFields(scanned, inner, number, index)
    }

    /// Reads all fields in C, builds a message of them in C, reads that in Swift: it must be the one Swift read from the first.
    private func compareFields(_ scanned: Scanned, _ inner: any Message, _ number: UInt32, _ index: Int) throws {
        let values = FieldValue.all(of: scanned.envelope.type).filter { !$0.isRepeated }.map { $0.read(from: scanned.inner) }
        let built = try #require(FieldValue.build(values, type: scanned.envelope.type))
        let read = try #require(try WireMessage(serializedBytes: built).allInner[number])
        try #require(withoutRepeated(inner).isEqualTo(message: read), "case \(index)")
    }

    private func withoutRepeated(_ inner: any Message) -> any Message {
        if var sync = inner.withoutUnknownFields as? WireSyncResponse {
            sync.messages = []
            return sync
        }
        return inner is WireMessageAck ? WireMessageAck() : inner.withoutUnknownFields
    }
}
