import NIOHTTP1
import Testing

@testable import Gate

@Suite("Pages of other origins")
struct CrossOriginTests {
    private static let node = GateNode(id: 1, balance: 0, host: "10.0.0.1", port: 7000, websocketPort: 7001, name: "n1")
    private static let origin = "https://chat.example"

    private func with(_ origins: [String], _ body: (RunningGate) async throws -> Void) async throws {
        try await RunningGate.with(origins: origins, nodes: [Self.node], body)
    }

    private func preflight(_ gate: RunningGate, _ path: String, from origin: String = origin) async throws -> RunningGate.Answer {
        try await gate.ask(
            path, .OPTIONS,
            headers: ["Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"])
    }

    @Test func unlessOneIsNamedNoneMayAsk() async throws {
        try await with([]) { gate in
            let answer = try await gate.ask("/v1/nodes", headers: ["Origin": Self.origin])
            #expect(answer.status == 200)
            #expect(!answer.headers.contains { $0.name.lowercased().hasPrefix("access-control") || $0.name.lowercased() == "vary" })
            #expect(try await preflight(gate, "/v1/login").status == 405)
        }
    }

    @Test func aPageThatIsNamedMayAsk() async throws {
        try await with([Self.origin, "https://other.example"]) { gate in
            let question = try await preflight(gate, "/v1/login")
            #expect(question.status == 204)
            #expect(question.headers["access-control-allow-origin"] == [Self.origin])
            #expect(question.headers["access-control-allow-methods"] == ["POST"])
            #expect(question.headers["access-control-allow-headers"] == ["Content-Type"])
            #expect(question.headers["vary"] == ["Origin"])
            let answer = try await gate.ask("/user/getImNode", headers: ["Origin": Self.origin])
            #expect(answer.status == 200)
            #expect(answer.headers["access-control-allow-origin"] == [Self.origin])
            #expect(answer.headers["vary"] == ["Origin"])
        }
    }

    @Test func itReadsRefusalsToo() async throws {
        try await with([Self.origin]) { gate in
            let answer = try await gate.ask(
                "/v1/login", .POST, body: "{\"user\":\"amy\",\"password\":\"later\"}", headers: ["Origin": Self.origin])
            #expect((answer.status, answer.errorCode) == (503, "unavailable"))
            #expect(answer.headers["access-control-allow-origin"] == [Self.origin])
            #expect(answer.headers["access-control-expose-headers"] == ["Retry-After"])
            #expect(try await preflight(gate, "/nowhere").status == 404)
        }
    }

    @Test(arguments: ["https://chat.example.evil.example", "http://chat.example", "https://chat.example:8443", "null"])
    func anotherPageMayNot(_ origin: String) async throws {
        try await with([Self.origin]) { gate in
            let question = try await preflight(gate, "/v1/login", from: origin)
            #expect((question.status, question.errorCode) == (403, "foreign_origin"))
            #expect(question.headers["access-control-allow-origin"].isEmpty)
            let answer = try await gate.ask("/v1/nodes", headers: ["Origin": origin])
            #expect(answer.headers["access-control-allow-origin"].isEmpty)
            // What a cache keeps of this answer is not for the page that may.
            #expect(answer.headers["vary"] == ["Origin"])
        }
    }

    @Test func whoIsNoPageIsAnsweredAsEver() async throws {
        try await with([Self.origin]) { gate in
            let answer = try await gate.ask("/v1/nodes")
            #expect(answer.status == 200)
            #expect(answer.headers["access-control-allow-origin"].isEmpty && answer.headers["vary"] == ["Origin"])
        }
    }

    @Test func pagesOfTheSameHostAndOfAll() async throws {
        try await with(["same-host"]) { gate in
            let own = "http://127.0.0.1:1"
            let same = try await gate.ask("/v1/nodes", headers: ["Origin": own])
            #expect(same.headers["access-control-allow-origin"] == [own])
            let other = try await gate.ask("/v1/nodes", headers: ["Origin": Self.origin])
            #expect(other.headers["access-control-allow-origin"].isEmpty)
        }
        try await with(["*"]) { gate in
            let answer = try await preflight(gate, "/v1/login")
            #expect(answer.status == 204)
            #expect(answer.headers["access-control-allow-origin"] == ["*"])
            #expect(answer.headers["access-control-allow-credentials"].isEmpty)
        }
    }
}
