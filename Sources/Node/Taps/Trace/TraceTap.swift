/// One trace that runs: whom it is about, and where its lines go.
final class TraceTap: Sendable {
    /// As in sessions.
    let user: [UInt8]
    let showsContent: Bool
    let feed: Feed<TraceEvent>

    init(_ request: TraceRequest, feed: Feed<TraceEvent>) {
        user = Array(request.user.utf8)
        showsContent = request.showsContent
        self.feed = feed
    }

    func isOf(_ uid: UnsafeRawBufferPointer) -> Bool { uid.elementsEqual(user) }
}
