import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// Recording what comes into the pipeline.
struct RecordRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        let control = control
        routes.add(.get, "/v1/plugins/record") { request, _ in
            let seconds = try request.seconds()
            let record = RecordRequest(sample: try request.sample(), hidesContents: try request.flag("redact"))
            if request.method == .head { return .lines() }
            let tap: Tap<[UInt8]>
            do throws(TapFailure) { tap = try await control.record(record) } catch { throw HTTPFailure(error) }
            return LineStream(tap: tap, seconds: seconds, control: control) { $0 }.response
        }
    }
}

extension Request {
    /// `user=NAME`, or `share=1/N`; all users unless one is given.
    func sample() throws(HTTPFailure) -> Sample {
        func fail(_ reason: String) -> HTTPFailure { .badRequest(reason) }
        let user = uri.queryParameters.get("user"), share = uri.queryParameters.get("share")
        if let user {
            guard !user.isEmpty, share == nil else { throw fail("expected either user=NAME or share=1/N") }
            return Sample(user: String(user))
        }
        guard let share else { return Sample() }
        guard let oneIn = Share(share) else { throw fail("share is a fraction such as 1/100, not '\(share.prefix(64))'") }
        return Sample(oneIn: oneIn.oneIn)
    }
}
