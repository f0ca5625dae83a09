import CWire

/// Frames between nodes: the head of a client's frame with another version, so that neither is taken for the other.
///
/// Control frames (kinds from 200) make and keep a link; records (`PeerRecord`) are what it is for.
public enum PeerWire {
    /// 0x0101: peers, version 1.
    public static let version: UInt16 = 0x0101
    static let headSize = 8
    /// A record carries at most one client's frame and a key.
    static let overhead = 1 << 17

    enum Control: UInt8 {
        case hello = 200
        case challenge, proof, welcome
        /// From the accepting side: so many records of the stream are done with.
        case acknowledge
        case ping, pong
        /// From the accepting side, in place of an answer: why it closes. Text.
        case refuse
    }

    static func writeHead(_ out: UnsafeMutableRawPointer, body: Int) {
        out.storeBytes(of: UInt16(HP_FRAME_MAGIC).bigEndian, as: UInt16.self)
        out.storeBytes(of: version.bigEndian, toByteOffset: 2, as: UInt16.self)
        out.storeBytes(of: UInt32(truncatingIfNeeded: body).bigEndian, toByteOffset: 4, as: UInt32.self)
    }

    /// A frame of control.
    static func control(_ kind: Control, _ body: [UInt8] = []) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: headSize + 1 + body.count) { out, count in
            guard let base = out.baseAddress else { return }
            writeHead(base, body: 1 + body.count)
            base[headSize] = kind.rawValue
            for (index, byte) in body.enumerated() { base[headSize + 1 + index] = byte }
            count = headSize + 1 + body.count
        }
    }

    /// What stands at the beginning of received bytes.
    enum Front: Equatable {
        /// Bytes of the body, after the head.
        case frame(Int)
        /// So many bytes are needed, as far as is known.
        case partial(Int)
        case wrong(PeerProtocolError)
    }

    static func front(_ bytes: UnsafeRawBufferPointer, maximumBody: Int) -> Front {
        var magic: UInt16 = 0
        var version: UInt16 = 0
        if bytes.count >= 2 {
            magic = UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))
            if magic != UInt16(HP_FRAME_MAGIC) { return .wrong(.notAFrame) }
        }
        if bytes.count >= 4 {
            version = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            if version != Self.version { return .wrong(version == UInt16(HP_FRAME_VERSION) ? .aClientsFrame : .version(version)) }
        }
        guard bytes.count >= headSize else { return .partial(headSize) }
        let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        guard length > 0, length <= maximumBody else { return .wrong(.length(length)) }
        return bytes.count >= headSize + length ? .frame(length) : .partial(headSize + length)
    }
}
