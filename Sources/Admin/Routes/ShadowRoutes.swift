import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// A candidate beside the rules in force.
struct ShadowRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        let control = control
        // It loads code: no GET.
        routes.add(.post, "/v1/plugins/shadow") { request, _ in
            guard let directory = request.uri.queryParameters.get("dir"), directory.hasPrefix("/") else {
                throw HTTPFailure.badRequest("expected dir=PATH, the whole path of a folder on the node's machine")
            }
            let seconds = try request.seconds()
            let shadow = ShadowRequest(
                directory: String(directory), sample: try request.sample(), hidesContents: try request.flag("redact"))
            let tap: Tap<ShadowDifference>
            let summary: @Sendable () -> ShadowSummary
            do throws(TapFailure) { (tap, summary) = try await control.shadow(shadow) } catch { throw HTTPFailure(error) }
            return LineStream(
                tap: tap, seconds: seconds, control: control, line: { [UInt8](try AdminJSON.encode($0)) + [10] },
                summary: { _ in [UInt8](try AdminJSON.encode(summary())) + [10] }
            ).response
        }
    }
}
