import Foundation
import HTTPTypes
import Hummingbird

/// A listener's few paths. Unlike a router's, its answer tells a path that is unknown (404) from a method that is (405).
public struct HTTPRoutes: Sendable {
    public typealias Handler = @Sendable (_ request: Request, _ match: RouteMatch) async throws -> Response

    private struct Route {
        /// As it was added.
        var pattern: String
        var segments: [Substring]
        var handlers: [HTTPRequest.Method: Handler]

        /// "GET, POST".
        var methods: String { handlers.keys.map(\.rawValue).sorted().joined(separator: ", ") }
    }

    private var routes: [Route] = []

    public init() {}

    /// A segment `*` stands for any one that is not empty.
    public mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        if let index = routes.firstIndex(where: { $0.pattern == path }) {
            routes[index].handlers[method] = handler
        } else {
            routes.append(Route(pattern: path, segments: path.split(separator: "/"), handlers: [method: handler]))
        }
    }

    /// "GET /v1/status", each.
    public var all: [String] { routes.flatMap { route in route.handlers.keys.map { "\($0.rawValue) \(route.pattern)" } }.sorted() }

    /// The pattern of the route that answers a path; nil if there is none.
    func pattern(of path: String) -> String? { find(path)?.route.pattern }

    /// - Throws: `HTTPFailure` 404 or 405, and what the handler throws.
    func answer(_ request: Request, remote: String) async throws -> Response {
        let path = request.uri.path
        guard let (route, names) = find(path) else { throw Self.unknown(path) }
        let match = RouteMatch(names: names, remote: remote)
        if let handler = route.handlers[request.method] { return try await handler(request, match) }
        if request.method == .head, let handler = route.handlers[.get] {
            return try await handler(request, match).createHeadResponse()
        }
        let allowed = route.methods
        throw HTTPFailure(
            .methodNotAllowed, code: "method_not_allowed", "\(path.prefix(200)) takes \(allowed), not \(request.method.rawValue)",
            headers: [.allow: allowed])
    }

    /// What a path takes, as headers have it: "GET, POST".
    /// - Throws: `HTTPFailure` 404.
    func methods(of path: String) throws(HTTPFailure) -> String {
        guard let route = find(path)?.route else { throw Self.unknown(path) }
        return route.methods
    }

    private static func unknown(_ path: String) -> HTTPFailure {
        HTTPFailure(.notFound, code: "not_found", "there is no \(path.prefix(200))")
    }

    private func find(_ path: String) -> (route: Route, names: [String])? {
        let segments = path == "/" ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for route in routes { if let names = Self.match(route.segments, segments) { return (route, names) } }
        return nil
    }

    private static func match(_ pattern: [Substring], _ segments: [Substring]) -> [String]? {
        guard pattern.count == segments.count else { return nil }
        var names: [String] = []
        for (expected, segment) in zip(pattern, segments) {
            if expected == "*", !segment.isEmpty {
                guard let text = segment.removingPercentEncoding else { return nil }
                names.append(text)
            } else if expected != segment {
                return nil
            }
        }
        return names
    }
}
