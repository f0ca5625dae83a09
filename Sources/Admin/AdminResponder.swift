import HTTPTypes
import Hummingbird
import Logging
import Node

/// Answers a request: access, then the route, and every failure as JSON.
struct AdminResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private let access: AdminAccess
    private let bound: Bound
    private let logger: Logger
    private let routes: RouteTable

    init(control: any NodeControl, access: AdminAccess, bound: Bound, logger: Logger) {
        self.access = access
        self.bound = bound
        self.logger = logger
        var routes = RouteTable()
        HealthRoutes(control: control).add(to: &routes)
        MetricsRoutes(control: control).add(to: &routes)
        NodeRoutes(control: control).add(to: &routes)
        SessionRoutes(control: control).add(to: &routes)
        PluginRoutes(control: control).add(to: &routes)
        TraceRoutes(control: control).add(to: &routes)
        RecordRoutes(control: control).add(to: &routes)
        ShadowRoutes(control: control).add(to: &routes)
        self.routes = routes
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        do {
            // Nobody can ask before the listener has its address.
            let address = try await bound.value
            try access.check(request, at: address)
            return try await routes.answer(request)
        } catch let failure as AdminFailure {
            logger.debug(
                "refused", metadata: ["path": "\(request.uri.path)", "status": "\(failure.status.code)", "code": "\(failure.code)"])
            return try .failure(failure)
        } catch {
            logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try .failure(AdminFailure(.internalServerError, code: "internal", "the node could not answer; its log says why"))
        }
    }
}
