/// The four bytes a client's payload is combined with, in the order of memory.
public struct WebSocketMask: Equatable, Sendable {
    static let size = 4

    /// As loaded from memory.
    let word: UInt32

    init(bytes: UnsafeRawBufferPointer, at offset: Int) { word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }

    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        word = UInt32(littleEndian: UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24)
    }

    /// Copies `source` to `target` and takes the mask off. Both ways are the same.
    public func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        guard let base = source.baseAddress else { return }
        let count = source.count
        let wide = UInt64(word) | UInt64(word) << 32
        var offset = 0
        while offset &+ 8 <= count {
            target.storeBytes(of: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide, toByteOffset: offset, as: UInt64.self)
            offset &+= 8
        }
        withUnsafeBytes(of: word) { mask in
            while offset < count {
                target.storeBytes(
                    of: base.load(fromByteOffset: offset, as: UInt8.self) ^ mask[offset & 3], toByteOffset: offset, as: UInt8.self)
                offset &+= 1
            }
        }
    }
}
