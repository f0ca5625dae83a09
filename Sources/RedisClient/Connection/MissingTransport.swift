import Reactor

/// In the place of TLS where it is wanted and the client was given none: no connection comes about.
final class MissingTransport: ConnectionFilter {
    var isOpen: Bool { false }
    var handshakeMilliseconds: Int { 1_000 }
    var output: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
    var problem: String? { "it is wanted, and this client was not given it" }

    func begin() -> FilterState { .failed(.refused) }
    func receive(_ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> (count: Int, state: FilterState) {
        (0, .failed(.refused))
    }
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool { false }
    func end() {}
    func clearOutput() {}
    func closed(_ reason: CloseReason) {}
}
