/// Frames of a session that wait behind its suspended handler, in order. Bounded by its owner, who stops reading.
public final class PendingFrames {
    private var bytes: [UInt8] = []
    private var position = 0

    public init() {}

    /// Bytes that wait.
    public var count: Int { bytes.count - position }

    public func append(_ frame: UnsafeRawBufferPointer) { bytes.append(contentsOf: frame) }

    /// Hands all that waits to `body`, which says how many bytes it took.
    public func take(_ body: (UnsafeRawBufferPointer) -> Int) {
        let taken = bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[position...])) }
        position += taken
        if position == bytes.count {
            bytes.removeAll()
            position = 0
        }
    }
}
