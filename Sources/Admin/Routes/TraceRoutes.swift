import Foundation
import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// Looking at messages as they pass the plugins.
struct TraceRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        let control = control
        routes.add(.get, "/v1/plugins/trace") { request, _ in
            guard let user = request.uri.queryParameters.get("user"), !user.isEmpty else {
                throw HTTPFailure.badRequest("expected /v1/plugins/trace?user=NAME")
            }
            let seconds = try request.seconds()
            let showsContent = try request.flag("content")
            if request.method == .head { return .lines() }
            let tap: Tap<TraceEvent>
            do throws(TapFailure) {
                tap = try await control.trace(TraceRequest(user: user, showsContent: showsContent))
            } catch { throw HTTPFailure(error) }
            return LineStream(tap: tap, seconds: seconds, control: control) { [UInt8](try AdminJSON.encode($0)) + [10] }.response
        }
    }
}

extension Request {
    /// How long a stream goes on: 30 seconds unless `seconds` says otherwise, an hour at most.
    func seconds() throws(HTTPFailure) -> Double {
        guard let text = uri.queryParameters.get("seconds") else { return 30 }
        guard let seconds = Double(text), seconds > 0, seconds <= 3600 else {
            throw HTTPFailure.badRequest("seconds is a number up to 3600, not '\(text.prefix(64))'")
        }
        return seconds
    }

    func flag(_ name: String) throws(HTTPFailure) -> Bool {
        switch uri.queryParameters.get(name) ?? "0" {
        case "0", "false": return false
        case "1", "true": return true
        case let text: throw HTTPFailure.badRequest("\(name) is 1 or 0, not '\(text.prefix(64))'")
        }
    }
}

extension HTTPFailure {
    init(_ failure: TapFailure) {
        let status: HTTPResponse.Status =
            switch failure.code {
            case .busy: .serviceUnavailable
            case .badRequest: .badRequest
            case .badPlugin: .unprocessableContent
            }
        self.init(status, code: failure.code.rawValue, failure.description)
    }
}
