@testable import Cluster

/// A record with parts of its own, for comparing.
struct OwnedRecord: Equatable {
    var kind: PeerRecord.Kind
    var flags: UInt8 = 0
    var number: UInt64 = 0
    var key = ""
    var payload: [UInt8] = []

    init(_ record: PeerRecord) {
        kind = record.kind
        flags = record.flags
        number = record.number
        key = String(decoding: record.key, as: UTF8.self)
        payload = Array(record.payload)
    }

    init(_ kind: PeerRecord.Kind = .deliver, number: UInt64, key: String = "bob", payload: [UInt8] = [1, 2, 3]) {
        self.kind = kind
        self.number = number
        self.key = key
        self.payload = payload
    }

    func with<Result>(_ body: (PeerRecord) -> Result) -> Result {
        var key = key
        return key.withUTF8 { key in
            payload.withUnsafeBytes { body(PeerRecord(kind, flags: flags, number: number, key: UnsafeRawBufferPointer(key), payload: $0)) }
        }
    }
}
