import Foundation
import HTTPTypes
import Hummingbird

/// The admin API's few paths. Unlike a router's, its answer tells a path that is unknown (404) from a method that is (405).
struct RouteTable: Sendable {
    /// Gets the request and what stood in the place of `*`.
    typealias Handler = @Sendable (_ request: Request, _ name: String) async throws -> Response

    private struct Route {
        var path: [Substring]
        var handlers: [HTTPRequest.Method: Handler]
    }

    private var routes: [Route] = []

    /// A segment `*` stands for any one that is not empty.
    mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        let segments = path.split(separator: "/")
        if let index = routes.firstIndex(where: { $0.path == segments }) {
            routes[index].handlers[method] = handler
        } else {
            routes.append(Route(path: segments, handlers: [method: handler]))
        }
    }

    /// - Throws: `AdminFailure` 404 or 405, and what the handler throws.
    func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for route in routes {
            guard let name = Self.match(route.path, segments) else { continue }
            if let handler = route.handlers[request.method] { return try await handler(request, name) }
            if request.method == .head, let handler = route.handlers[.get] {
                return try await handler(request, name).createHeadResponse()
            }
            let allowed = route.handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
            throw AdminFailure(
                .methodNotAllowed, code: "method_not_allowed", "\(path) takes \(allowed), not \(request.method.rawValue)",
                headers: [.allow: allowed])
        }
        throw AdminFailure(.notFound, code: "not_found", "there is no \(path.prefix(200))")
    }

    /// What stands in the place of `*` ("" where the path has none); nil if the path is another.
    private static func match(_ pattern: [Substring], _ segments: [Substring]) -> String? {
        guard pattern.count == segments.count else { return nil }
        var name = ""
        for (expected, segment) in zip(pattern, segments) {
            if expected == "*", !segment.isEmpty {
                guard let text = segment.removingPercentEncoding else { return nil }
                name = text
            } else if expected != segment {
                return nil
            }
        }
        return name
    }
}
