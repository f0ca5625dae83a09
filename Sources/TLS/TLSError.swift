/// What is wrong with a certificate, a key or a list of authorities: one line that names the key of the configuration, and the file.
public struct TLSError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
