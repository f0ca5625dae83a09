import OpenAPI
import Testing

@testable import Admin

@Suite struct OperatorRouteTests {
    @Test func theDocumentNamesEveryRoute() throws {
        let routes = AdminServer.routes(control: try FakeControl(), logLevel: FakeLevel()).all
        #expect(try OpenAPIDocument().routes(tagged: "admin") == routes)
    }

    @Test func theConfigurationIsShownWithoutSecrets() async throws {
        try await RunningAdmin.with { admin in
            let answer = try await admin.ask("/v1/config")
            let config = answer.json["config"] as? [String: [String: Any]]
            #expect(config?["admin"]?["token"] as? String == "(secret)")
            #expect(config?["gate"]?["token_secret"] as? String == "")
            #expect(config?["chat"]?["port"] as? Int == 7000)
            #expect(!answer.text.contains("hush"))
            #expect((answer.json["origins"] as? [String: String])?["admin.token"] == "--set admin.token")
        }
    }

    @Test func theLogLevelChanges() async throws {
        try await RunningAdmin.with { admin in
            let before = try await admin.ask("/v1/log-level").text
            #expect(before == "{\"level\":\"info\"}\n")
            #expect(try await admin.ask("/v1/log-level", .PUT, body: "{\"level\":\"trace\"}").status == 200)
            #expect(admin.level.level == .trace)
            for body in ["{\"level\":\"loud\"}", "{}", "{\"level\":1}", "{\"level\":\"info\",\"other\":1}", ""] {
                #expect(try await admin.ask("/v1/log-level", .PUT, body: body).status == 400, "\(body)")
            }
            #expect(admin.level.level == .trace)
        }
    }
}
