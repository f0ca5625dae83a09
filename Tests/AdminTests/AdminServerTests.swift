import HPushConfiguration
import HTTPListener
import Logging
import Testing

@testable import Admin

@Suite struct AdminServerTests {
    @Test func healthAndReadiness() async throws {
        try await RunningAdmin.with { admin in
            let health = try await admin.ask("/healthz")
            #expect(health.status == 200)
            #expect(health.text == "{\"status\":\"ok\"}\n")
            #expect(health.headers["content-type"] == ["application/json"])
            #expect(try await admin.ask("/readyz").status == 200)
            #expect(try await admin.ask("/v1/drain", .POST).status == 202)
            let draining = try await admin.ask("/readyz")
            #expect(draining.status == 503)
            #expect(draining.errorCode == "not_ready")
        }
    }

    @Test func metricsArePrometheusText() async throws {
        try await RunningAdmin.with { admin in
            let metrics = try await admin.ask("/metrics")
            #expect(metrics.headers["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"])
            #expect(metrics.text.hasSuffix("hpush_sessions 2\n"))
        }
    }

    @Test func statusAndPluginsHaveNamesInSnakeCase() async throws {
        try await RunningAdmin.with { admin in
            let status = try await admin.ask("/v1/status").json
            #expect(status["name"] as? String == "test")
            #expect(status["messages_received"] as? Int == 4)
            #expect(status["uptime_seconds"] as? Double == 1.5)
            let plugins = try await admin.ask("/v1/plugins").json
            #expect(plugins["files_differ"] as? Bool == false)
            let handlers = (plugins["plugins"] as? [[String: Any]])?.first?["handlers"] as? [[String: Any]]
            #expect(handlers?.first?["p50_microseconds"] as? Double == 0.5)
        }
    }

    @Test func pluginsAreReloadedAndRolledBack() async throws {
        try await RunningAdmin.with { admin in
            let reload = try await admin.ask("/v1/plugins/reload", .POST)
            #expect(reload.status == 200)
            #expect(reload.json["generation"] as? Int == 2)
            #expect(reload.json["needs_restart"] as? [String] == ["chat.port"])
            let rollback = try await admin.ask("/v1/plugins/rollback", .POST)
            #expect(rollback.status == 409)
            #expect(rollback.errorCode == "nothing_to_roll_back")
            #expect((rollback.json["error"] as? [String: Any])?["generation"] as? Int == 1)
            #expect(try await admin.ask("/v1/plugins/reload").status == 405)
        }
    }

    @Test func sessionsAreListedAndClosed() async throws {
        try await RunningAdmin.with { admin in
            let sessions = try await admin.ask("/v1/sessions?user=alice").json["sessions"] as? [[String: Any]]
            #expect(sessions?.compactMap { $0["id"] as? String } == ["s1", "s 2"])
            #expect(try await admin.ask("/v1/sessions?user=nobody").text == "{\"sessions\":[]}\n")
            #expect(try await admin.ask("/v1/sessions").status == 400)
            #expect(try await admin.ask("/v1/sessions?user=").status == 400)
            let closed = try await admin.ask("/v1/sessions/s%202", .DELETE)
            #expect(closed.status == 200)
            #expect(closed.text == "{\"closed\":true}\n")
            let again = try await admin.ask("/v1/sessions/s%202", .DELETE)
            #expect(again.status == 404)
            #expect(again.errorCode == "no_such_session")
        }
    }

    @Test func unknownPathsAndMethods() async throws {
        try await RunningAdmin.with { admin in
            for path in ["/", "/v1", "/v1/nothing", "/v1/sessions/", "/healthz/", "//healthz"] {
                let answer = try await admin.ask(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.errorCode == "not_found", "\(path)")
            }
            let answer = try await admin.ask("/v1/status", .DELETE)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == ["GET"])
            #expect(answer.errorCode == "method_not_allowed")
            #expect(try await admin.ask("/healthz", .HEAD).status == 200)
        }
    }

    @Test func foreignHostsAndOriginsAreRefused() async throws {
        try await RunningAdmin.with { admin in
            let port = admin.address.port
            for headers: KeyValuePairs in [
                ["Host": "evil.example"], ["Host": "evil.example:\(port)"], ["Host": "127.0.0.1"], ["Origin": "null"],
                ["Origin": "http://evil.example"], ["Origin": "https://127.0.0.1.evil.example:\(port)"],
            ] {
                for path in ["/v1/status", "/healthz", "/nothing"] {
                    let status = try await admin.ask(path, .GET, headers).status
                    #expect(status == 403, "\(headers)")
                }
            }
            for headers: KeyValuePairs in [
                ["Host": "localhost:\(port)"], ["Host": "[::1]:\(port)"], ["Origin": "http://127.0.0.1:\(port)"],
                ["Origin": "http://localhost:\(port)"],
            ] {
                let status = try await admin.ask("/v1/status", .GET, headers).status
                #expect(status == 200, "\(headers)")
            }
        }
    }

    @Test func onlyTheTokenOpens() async throws {
        try await RunningAdmin.with(token: "a-long-secret") { admin in
            for header in ["", "Bearer", "Bearer ", "Bearer wrong", "Bearer a-long-secre", "Bearer a-long-secret2", "a-long-secret"] {
                let answer = try await admin.ask("/v1/status", .GET, ["Authorization": header])
                #expect(answer.status == 401, "\(header)")
                #expect(answer.errorCode == "unauthorized")
            }
            #expect(try await admin.ask("/v1/status").status == 401)
            #expect(try await admin.ask("/metrics").status == 401)
            #expect(try await admin.ask("/nothing").status == 401)
            #expect(try await admin.ask("/v1/status", .GET, ["Authorization": "bearer a-long-secret"]).status == 200)
            #expect(try await admin.ask("/healthz").status == 200)
            #expect(try await admin.ask("/readyz").status == 200)
        }
    }

    @Test func aTakenPortIsNamed() async throws {
        try await RunningAdmin.with { admin in
            let options = ["admin.port=\(admin.address.port)"]
            let section = try NodeConfiguration.load(file: nil, options: options, environment: [:]).admin
            let second = try AdminServer(
                control: try FakeControl(), logLevel: FakeLevel(), section: section,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let failure = await #expect(throws: ListenError.self) { try await second.run() }
            #expect(failure?.description == "admin listener on \(admin.address): Address already in use")
            await #expect(throws: ListenError.self) { try await second.address }
        }
    }
}
