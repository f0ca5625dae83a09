import Synchronization

/// Whether a connection is logged in: set on its event loop, before the event that tells, so that whoever sees the event can send.
final class OnlineFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set(_ isOnline: Bool) {
        value.store(isOnline, ordering: .releasing)
    }
}
