/// What is wrong with a recording, on one line.
public struct RecordingError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
