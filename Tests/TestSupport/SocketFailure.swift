/// What a socket call failed with.
public struct SocketFailure: Error {
    /// errno
    public let code: Int32

    public init(code: Int32) { self.code = code }
}
