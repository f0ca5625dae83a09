import HTTPTypes
import Hummingbird
import Origins

/// Lets web pages of other origins ask (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// No answer allows credentials: a browser sends no cookies and no certificate along, and a page gets nothing that it could not ask for by any
/// other program.
public struct CrossOrigin: Sendable {
    /// Seconds for which a browser need not ask again whether it may.
    private static let age = 600

    private let rule: OriginRule
    /// The key of the configuration, for who is refused.
    private let key: String

    /// - Parameter origins: `https://chat.example`, `same-host`, `*`.
    /// - Returns: nil where there are none.
    public init?(_ origins: [String], key: String) {
        guard !origins.isEmpty else { return nil }
        rule = OriginRule(origins)
        self.key = key
    }

    /// A browser asks whether a page may send a request that is not of the plain kind.
    static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.origin] != nil && request.headers[.accessControlRequestMethod] != nil
    }

    /// - Parameter methods: what the path takes.
    /// - Throws: 403 to a page of another origin than those that may ask.
    func answer(_ request: Request, methods: String) throws(HTTPFailure) -> Response {
        guard allows(request) else {
            throw HTTPFailure(.forbidden, code: "foreign_origin", "pages of this origin may not ask (\(key))")
        }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods, .accessControlAllowHeaders: "Content-Type", .accessControlMaxAge: "\(Self.age)",
            ])
    }

    /// Says whose pages may read the answer, a failure too.
    func mark(_ response: inout Response, to request: Request) {
        // A cache between must not give a page what another one was told.
        if !rule.allowsAny { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
        guard let origin = request.headers[.origin], allows(request) else { return }
        response.headers[.accessControlAllowOrigin] = rule.allowsAny ? "*" : origin
        response.headers[.accessControlExposeHeaders] = "Retry-After"
    }

    private func allows(_ request: Request) -> Bool { rule.allows(request.headers[.origin], host: request.head.authority) }
}
