import HTTPListener
import Testing

@testable import Admin

@Suite struct HostPolicyTests {
    private func policy(_ host: String, _ port: Int = 7070) -> HostPolicy { HostPolicy(address: ListenAddress(host: host, port: port)) }

    @Test func loopbackKnowsItsOwnNames() {
        let policy = policy("127.0.0.2")
        for host in ["127.0.0.2:7070", "localhost:7070", "LOCALHOST:7070", "127.0.0.1:7070", "[::1]:7070"] {
            #expect(policy.allows(host: host), "\(host)")
        }
        for host in [nil, "", "localhost", "localhost:7071", "example.org:7070", "127.0.0.1:7070.example.org"] {
            #expect(!policy.allows(host: host), "\(host ?? "none")")
        }
        #expect(self.policy("::1", 80).allows(host: "[::1]"))
        #expect(self.policy("127.0.0.1", 80).allows(host: "localhost"))
    }

    @Test func offLoopbackTheTokenGuardsAndPagesOfOthersAreRefused() {
        let policy = policy("0.0.0.0")
        #expect(policy.allows(host: "im.example.org"))
        #expect(policy.allows(origin: nil, host: nil))
        #expect(policy.allows(origin: "https://im.example.org", host: "im.example.org"))
        #expect(!policy.allows(origin: "https://evil.example", host: "im.example.org"))
        #expect(!policy.allows(origin: "http://evil.example", host: nil))
    }
}
