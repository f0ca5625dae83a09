/// What a loop's connections have sent before they logged in, and whether that is too much. Empty as long as all of them do what clients do:
/// send one LOGIN_REQUEST. Pure.
public struct EarlyTraffic {
    private struct Share {
        var frames = 0
        /// Announced by the head of a frame that has not come whole.
        var bytes = 0
    }

    /// A frame of up to so many bytes may come in parts whatever others do.
    public static let freeBytes = 4 << 10
    /// The larger ones that have not come whole may have so many bytes together, and one of them any size.
    public static let sharedBytes = 16 << 20

    private let mostFrames: Int
    private var shares: [UInt32: Share] = [:]
    private var bytes = 0

    /// - Parameter mostFrames: of one connection, its LOGIN_REQUEST not counted; 0: no limit.
    public init(mostFrames: Int) { self.mostFrames = mostFrames }

    public var isEmpty: Bool { shares.isEmpty }

    /// A frame other than a login has come whole.
    /// - Returns: false when that is one too many.
    public mutating func frame(of connection: UInt32) -> Bool {
        var share = shares[connection] ?? Share()
        bytes -= share.bytes
        share.bytes = 0
        share.frames += 1
        shares[connection] = share
        return mostFrames == 0 || share.frames <= mostFrames
    }

    /// Part of a frame has come; the whole has so many bytes.
    /// - Returns: false when connections that are not logged in keep too much already.
    public mutating func announced(_ total: Int, of connection: UInt32) -> Bool {
        guard total > Self.freeBytes else { return true }
        var share = shares[connection] ?? Share()
        let others = bytes - share.bytes
        guard others == 0 || others + total <= Self.sharedBytes else { return false }
        bytes = others + total
        share.bytes = total
        shares[connection] = share
        return true
    }

    /// It has logged in, or is gone.
    public mutating func forget(_ connection: UInt32) {
        guard let share = shares.removeValue(forKey: connection) else { return }
        bytes -= share.bytes
    }
}
