/// A session as routing sees it. The pointer is good on the session's own loop until the next tick; other loops use the handle only.
public struct RouteReference {
    public let handle: SessionHandle
    public let session: Unmanaged<Session>

    @inlinable public var loop: Int { handle.loop }
}
