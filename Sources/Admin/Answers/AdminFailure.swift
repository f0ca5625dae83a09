import HTTPTypes
import Node

/// An error as the caller gets it: `{"error":{"code","message"}}` and a status.
struct AdminFailure: Error {
    var status: HTTPResponse.Status
    /// For programs.
    var code: String
    /// For people.
    var message: String
    var headers: HTTPFields
    /// What else a reload's failure says.
    var reload: ReloadFailure?

    init(_ status: HTTPResponse.Status, code: String, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }
}
