import Reactor
import TLS

extension TLSDoor {
    /// For listeners and connections to others, whose names are not looked at.
    var source: FilterSource { { self.filter() } }

    /// For connections to others, whose certificates must be of the host.
    var hostFilter: @Sendable (_ host: String) -> any ConnectionFilter { { self.filter(host: $0) } }
}
