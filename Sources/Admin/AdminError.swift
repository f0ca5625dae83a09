/// Why the admin listener cannot serve, in one line.
public struct AdminError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
