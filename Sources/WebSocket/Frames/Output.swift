/// Frames of a server: never masked, never in fragments.
public enum WebSocketOutput {
    /// Most bytes a head has.
    public static let mostHead = 10

    public static func headSize(_ count: Int) -> Int { count < 126 ? 2 : count <= 0xFFFF ? 4 : 10 }

    /// Writes the head of a frame with `count` bytes of payload; `target` has room for it.
    /// - Returns: its size.
    @discardableResult
    public static func writeHead(_ kind: WebSocketFrameHead.Kind, _ count: Int, to target: UnsafeMutableRawPointer) -> Int {
        target.storeBytes(of: 0x80 | kind.rawValue, as: UInt8.self)
        switch headSize(count) {
        case 2:
            target.storeBytes(of: UInt8(count), toByteOffset: 1, as: UInt8.self)
            return 2
        case 4:
            target.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            target.storeBytes(of: UInt16(count).bigEndian, toByteOffset: 2, as: UInt16.self)
            return 4
        default:
            target.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
            target.storeBytes(of: UInt64(count).bigEndian, toByteOffset: 2, as: UInt64.self)
            return 10
        }
    }

    /// A whole frame.
    public static func frame(_ kind: WebSocketFrameHead.Kind, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        let size = headSize(count)
        let head = [UInt8](unsafeUninitializedCapacity: size) { room, used in
            guard let base = room.baseAddress else { return }
            used = writeHead(kind, count, to: base)
        }
        return head + payload
    }

    /// A close frame; without a code when there is none to tell.
    public static func close(_ code: WebSocketCloseCode?) -> [UInt8] {
        guard let code else { return frame(.close, []) }
        return frame(.close, [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)])
    }
}
