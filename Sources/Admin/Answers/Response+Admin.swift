import HTTPListener
import HTTPTypes
import Hummingbird

extension Response {
    /// Names in snake_case, as all of the admin API's.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        try json(value, style: .snakeCase, status: status)
    }
}
