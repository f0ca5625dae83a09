import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// The dashboard at `/`, its files, and what it shows.
struct DashboardRoutes {
    static let folder = "/dashboard/"
    /// Nothing but its own files and this listener.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"

    let control: any NodeControl
    /// nil: they are not here.
    let files: PageFiles?

    func add(to routes: inout HTTPRoutes) {
        let (control, files) = (control, files)
        routes.add(.get, "/") { _, _ in try Self.file("index.html", files) }
        routes.add(.get, "/dashboard/*") { _, match in try Self.file(match.name, files) }
        routes.add(.get, "/v1/dashboard") { request, _ in
            let text = request.uri.queryParameters.get("after") ?? "0"
            guard let number = UInt64(text) else {
                throw HTTPFailure.badRequest("after is the number of a point, not '\(text.prefix(64))'")
            }
            return try .json(await control.dashboard(after: number))
        }
    }

    private static func file(_ name: String, _ files: PageFiles?) throws -> Response {
        guard let files else {
            throw HTTPFailure(
                .notFound, code: "not_found", "the dashboard's files are not here: the folder web/dashboard beside the program")
        }
        return try files.answer(name, policy: policy)
    }
}
