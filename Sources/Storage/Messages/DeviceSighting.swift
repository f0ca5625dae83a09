/// When a device was last logged in.
public struct DeviceSighting: Sendable, Hashable {
    public var user: String
    public var device: String
    /// Milliseconds since 1970.
    public var time: UInt64

    public init(user: String, device: String, time: UInt64) {
        self.user = user
        self.device = device
        self.time = time
    }
}
