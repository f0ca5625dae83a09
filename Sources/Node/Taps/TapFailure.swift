/// Why a look at running messages did not begin.
public struct TapFailure: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// As many run as may.
        case busy
        case badRequest = "bad_request"
        case badPlugin = "bad_plugin"
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        description = reason
    }
}
