/// Why bytes from the network are no message. Each closes the connection and is counted under its `reason`.
public enum FrameError: String, Error, CaseIterable, Sendable, CustomStringConvertible {
    case badMagic = "bad_magic"
    case badVersion = "bad_version"
    case badLength = "bad_length"
    case undecodable = "undecodable"

    /// The name in metrics and logs.
    public var reason: String { rawValue }

    public var description: String {
        switch self {
        case .badMagic: "bad_magic: a frame starts with the bytes 00 86"
        case .badVersion: "bad_version: a frame has the bytes 00 01 behind its magic"
        case .badLength: "bad_length: a body's length is negative or over the limit"
        case .undecodable: "undecodable: the body is no protobuf Message"
        }
    }
}
