/// Where a certificate, its key and authorities are; PEM. Absolute paths, or relative to the working directory.
public struct TLSFiles: Sendable, Hashable {
    /// The section that names them, for errors: "tls".
    public var section: String
    /// The certificate, followed by those that lead to its authority; nil: none.
    public var certificate: String?
    public var key: String?
    /// Whose certificates are trusted; nil: nobody's.
    public var authorities: String?
    /// The key of the configuration that names them.
    public var authoritiesKey: String

    public init(section: String, certificate: String?, key: String?, authorities: String?, authoritiesKey: String = "ca") {
        self.section = section
        self.certificate = certificate
        self.key = key
        self.authorities = authorities
        self.authoritiesKey = authoritiesKey
    }

    var all: [String] { [certificate, key, authorities].compactMap { $0 } }
}
