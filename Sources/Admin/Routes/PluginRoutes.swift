import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// The plugins in force, and how to change them.
struct PluginRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        routes.add(.get, "/v1/plugins") { _, _ in try .json(await control.plugins()) }
        routes.add(.post, "/v1/plugins/reload") { _, _ in
            try await Self.answer { () async throws(ReloadFailure) in try await control.reloadPlugins(.admin) }
        }
        routes.add(.post, "/v1/plugins/rollback") { _, _ in
            try await Self.answer { () async throws(ReloadFailure) in try await control.rollBackPlugins() }
        }
    }

    private static func answer(_ change: () async throws(ReloadFailure) -> ReloadAnswer) async throws -> Response {
        let answer: ReloadAnswer
        do throws(ReloadFailure) { answer = try await change() } catch { throw HTTPFailure(error) }
        return try .json(answer)
    }
}

extension HTTPFailure {
    fileprivate init(_ failure: ReloadFailure) {
        let status: HTTPResponse.Status =
            switch failure.code {
            case .badConfiguration, .badPlugin: .unprocessableContent
            case .nothingToRollBack: .conflict
            case .notAgreed, .busy, .ending: .serviceUnavailable
            }
        self.init(status, code: failure.code.rawValue, failure.message)
        body = ErrorAnswer(failure)
    }
}
