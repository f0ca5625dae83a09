import CWire
import Foundation
import SwiftProtobuf
import Testing
import WireProtocol

/// `hp_rewrite` against a model made with swift-protobuf alone: protobuf merges an appended message into the one before,
/// so the model is the received body followed by one with the changed fields.
@Suite struct RewriteAgreementTests {
    @Test func rewrittenMessagesAreTheExpectedOnes() throws {
        var generator = BodyGenerator(seed: 3)
        for index in 0..<6_000 {
            let scanned = Scanned(generator.validBody())
            let changes = randomChanges(for: scanned.envelope.type, &generator)
            let strip = generator.random.chance(50)
            let rewritten = try #require(scanned.rewritten(changes, strip: strip), "case \(index)")

            let rescanned = Scanned(rewritten)
            try #require(rescanned.isAccepted && !rescanned.isSplit, "case \(index)")
            let actual = try WireMessage(serializedBytes: rewritten)
            let isRequest = scanned.envelope.type == HP_MESSAGE_REQUEST.rawValue
            try compare(actual, try expected(scanned, changes, strip && isRequest), scanned, dropped(changes, strip && isRequest), index)
            if strip && isRequest && !changes.contains(where: { $0.field.pointee.number >= 17 }) {
                try #require(!rescanned.carriesNodeFields, "case \(index)")
            }
        }
    }

    @Test func withoutChangesTheBytesStay() throws {
        var generator = BodyGenerator(seed: 4)
        for index in 0..<1_000 {
            let scanned = Scanned(generator.validBody())
            guard !scanned.isSplit else { continue }
            let rewritten = try #require(scanned.rewritten([], strip: false))
            let isCanonical = rewritten.count == scanned.body.count
            try #require(rewritten == scanned.body || !isCanonical, "case \(index)")
        }
    }

    private func randomChanges(for type: UInt32, _ generator: inout BodyGenerator) -> [FieldValue] {
        let fields = FieldValue.all(of: type).filter { !$0.isRepeated }
        guard !fields.isEmpty else { return [] }
        return (0..<generator.random.below(4)).map { _ in
            var value = fields[generator.random.below(fields.count)]
            if value.isText { value.bytes = generator.text() } else { value.number = generator.number() }
            return value
        }
    }

    private func dropped(_ changes: [FieldValue], _ strip: Bool) -> Set<UInt32> {
        Set(changes.map { $0.field.pointee.number } + (strip ? [17, 18] : []))
    }

    private func expected(_ scanned: Scanned, _ changes: [FieldValue], _ strip: Bool) throws -> WireMessage {
        let number = hp_inner_number(scanned.envelope.type)
        let cleared: [UInt8] = strip ? WireBytes.number(17, 0) + WireBytes.number(18, 0) : []
        let appended = number == 0 ? [] : WireBytes.bytes(number, cleared + changes.flatMap(\.encoded))
        return try WireMessage(serializedBytes: scanned.body + appended)
    }

    private func compare(
        _ actual: WireMessage, _ expected: WireMessage, _ scanned: Scanned, _ dropped: Set<UInt32>, _ index: Int
    ) throws {
        try #require(actual.type == expected.type, "case \(index)")
        try #require(actual.sequence == expected.sequence, "case \(index)")
        try #require(actual.sessionID == expected.sessionID, "case \(index)")
        try #require(actual.unknownFields == expected.unknownFields, "case \(index)")
        let changed = hp_inner_number(scanned.envelope.type)
        for (number, inner) in expected.allInner {
            let other = try #require(actual.allInner[number])
            try #require(inner.withoutUnknownFields.isEqualTo(message: other.withoutUnknownFields), "case \(index)")
            let unknown = WireBytes.fields(Array(inner.unknownFields.data)).filter { number != changed || !dropped.contains($0.number) }
            try #require(unknown.flatMap(\.bytes) == Array(other.unknownFields.data), "case \(index)")
        }
    }
}
