/// A request that was taken: what was asked, who gets the answer, and who is told when the watch fires that comes with it.
struct PendingRequest {
    let request: Request
    let completion: Completion
    let watch: WatchHandler?
    /// Its path is the server's, not below the chroot.
    let isAbsolute: Bool
    /// The loop's time when it was taken, in nanoseconds.
    let since: UInt64
}
