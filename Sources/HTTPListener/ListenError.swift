/// Why a listener cannot serve, in one line.
public struct ListenError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
