/// Why a gate could not help.
public struct GateError: Error, CustomStringConvertible {
    public let description: String
}
