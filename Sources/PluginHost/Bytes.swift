import CPluginBridge

// Crossing the border: Swift's bytes as hp_bytes, for the duration of a call.

func withBytes<Result>(_ text: String, _ body: (hp_bytes) throws -> Result) rethrows -> Result {
    var text = text
    return try text.withUTF8 { try body(UnsafeRawBufferPointer($0).hpBytes) }
}

func withBytes<Result>(_ bytes: [UInt8], _ body: (hp_bytes) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { try body($0.hpBytes) }
}

func withBytesList<Result>(_ texts: [String], _ body: (UnsafeBufferPointer<hp_bytes>) throws -> Result) rethrows -> Result {
    let storage = texts.map { Array($0.utf8) }
    let all = storage.flatMap { $0 }
    return try all.withUnsafeBufferPointer { bytes in
        var offset = 0
        var list: [hp_bytes] = []
        for part in storage {
            list.append(hp_bytes(data: bytes.baseAddress.map { $0 + offset }, length: part.count))
            offset += part.count
        }
        return try list.withUnsafeBufferPointer(body)
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    var hpBytes: hp_bytes { hp_bytes(data: baseAddress?.assumingMemoryBound(to: UInt8.self), length: count) }
}

extension hp_bytes {
    var text: String { String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self) }
}

extension hp_buffer {
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: length) }
}

extension UnsafeMutablePointer<hp_buffer> {
    func append(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { hp_buffer_append(self, $0.baseAddress, $0.count) } }
}
