import HTTPTypes

/// An error as the caller gets it: a status and `{"error":{"code","message"}}`.
public struct HTTPFailure: Error {
    public var status: HTTPResponse.Status
    /// For programs.
    public var code: String
    /// For people.
    public var message: String
    public var headers: HTTPFields
    /// In place of `{"error":{"code","message"}}`, where there is more to say. It has those two as well.
    public var body: (any Encodable & Sendable)?

    public init(_ status: HTTPResponse.Status, code: String, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    public static func badRequest(_ message: String) -> HTTPFailure { HTTPFailure(.badRequest, code: "bad_request", message) }
}

/// The body of a failure that has no more to say than what everyone has.
struct FailureBody: Encodable {
    struct Detail: Encodable {
        var code: String
        var message: String
    }

    var error: Detail

    init(_ failure: HTTPFailure) { error = Detail(code: failure.code, message: failure.message) }
}
