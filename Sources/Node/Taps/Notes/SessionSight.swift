import Messaging

/// A session that a reader of notes learns of.
struct SessionSight: @unchecked Sendable {
    // Its text and handle, which never change, may be read on any thread.
    let session: Session
}
