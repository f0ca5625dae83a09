import Foundation
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
        routes.add(.post, "/v1/plugins/push") { request, _ in
            // Escapes make JSON longer than what it says.
            try await push(request.wholeBody(upTo: 2 * RulesBundle.mostBytes))
        }
        routes.add(.post, "/v1/plugins/rollback") { _, _ in
            try await Self.answer { () async throws(ReloadFailure) in try await control.rollBackPlugins() }
        }
    }

    private func push(_ body: Data) async throws -> Response {
        let push = try RulesPushBody.read(body)
        return try await Self.answer { () async throws(ReloadFailure) in try await control.pushPlugins(push) }
    }

    private static func answer<Answer: Encodable & Sendable>(_ change: () async throws(ReloadFailure) -> Answer) async throws -> Response {
        let answer: Answer
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
            case .notAgreed, .busy, .unavailable, .ending: .serviceUnavailable
            }
        self.init(status, code: failure.code.rawValue, failure.message)
        body = ErrorAnswer(failure)
    }
}
