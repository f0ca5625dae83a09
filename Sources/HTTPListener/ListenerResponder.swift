import HTTPTypes
import Hummingbird
import Logging

/// Answers a request: the listener's check, then the route, and every failure as JSON.
struct ListenerResponder: HTTPResponder {
    typealias Context = ListenerContext

    let routes: HTTPRoutes
    let style: JSONStyle
    let bound: Bound
    let logger: Logger
    let crossOrigin: CrossOrigin?
    let spans: RequestSpans?
    let check: HTTPListener.Check
    let answered: HTTPListener.Answered

    func respond(to request: Request, context: ListenerContext) async throws -> Response {
        let pattern = routes.pattern(of: request.uri.path)
        let span = spans?.begin(request, pattern: pattern)
        var response = try await answer(request, context)
        crossOrigin?.mark(&response, to: request)
        answered(pattern, response.status.code)
        if let span { spans?.end(span, status: response.status.code) }
        return response
    }

    private func answer(_ request: Request, _ context: ListenerContext) async throws -> Response {
        // A path may hold what is nobody's business: the pattern says where.
        let path = routes.pattern(of: request.uri.path) ?? "unknown"
        do {
            // Nobody can ask before the listener has its address.
            let address = try await bound.value
            try check(request, address)
            if let crossOrigin, CrossOrigin.isPreflight(request) {
                return try crossOrigin.answer(request, methods: routes.methods(of: request.uri.path))
            }
            return try await routes.answer(request, remote: context.remote)
        } catch let failure as HTTPFailure {
            logger.debug("refused", metadata: ["path": "\(path)", "status": "\(failure.status.code)", "code": "\(failure.code)"])
            return try .failure(failure, style: style)
        } catch {
            logger.error("request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return try .failure(
                HTTPFailure(.internalServerError, code: "internal", "the node could not answer; its log says why"), style: style)
        }
    }
}
