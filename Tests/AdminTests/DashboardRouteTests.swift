import Foundation
import HTTPListener
import Testing

@testable import Admin

@Suite struct DashboardRouteTests {
    private static var files: PageFiles? {
        PageFiles(folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../web/dashboard").path)
    }

    @Test func filesNeedNoTokenAndWhatTheyShowDoes() async throws {
        try await RunningAdmin.with(token: "a-long-secret", dashboard: Self.files) { admin in
            for (path, type) in [("/", "text/html; charset=utf-8"), ("/dashboard/dashboard.js", "text/javascript; charset=utf-8")] {
                let answer = try await admin.ask(path)
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == [type])
                let policy = answer.headers["content-security-policy"].first ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';") && !policy.contains("unsafe"))
            }
            for path in ["/v1/dashboard", "/dashboard", "/dashboardx"] { #expect(try await admin.ask(path).status == 401, "\(path)") }
            #expect(try await admin.ask("/v1/dashboard", .GET, ["Authorization": "Bearer a-long-secret"]).status == 200)
            #expect(try await admin.ask("/", .GET, ["Host": "evil.example"]).status == 403)
            #expect(try await admin.ask("/dashboard/dashboard.js", .GET, ["Origin": "http://evil.example"]).status == 403)
        }
    }

    @Test func onlyFilesOfTheFolderAreServed() async throws {
        try await RunningAdmin.with(dashboard: Self.files) { admin in
            for path in ["/dashboard/nothing.js", "/dashboard/", "/dashboard/..%2findex.html", "/dashboard/%2e%2e/hpush.js"] {
                let status = try await admin.ask(path).status
                #expect(status == 404, "\(path)")
            }
            let posted = try await admin.ask("/", .POST).status
            #expect(posted == 405)
        }
    }

    @Test func pointsAreAskedForByNumber() async throws {
        try await RunningAdmin.with { admin in
            let answer = try await admin.ask("/v1/dashboard?after=7").json
            #expect((answer["outcomes"] as? [[String: Any]])?.first?["total"] as? Int == 7)
            #expect((answer["generations"] as? [[String: Any]])?.first?["rules_of"] as? Int == 1)
            #expect(try await admin.ask("/v1/dashboard?after=x").errorCode == "bad_request")
        }
    }
}
