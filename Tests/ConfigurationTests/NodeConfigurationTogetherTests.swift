import Testing

@testable import HPushConfiguration

/// Refusals are in `Fixtures`; here is what must pass.
@Suite struct NodeConfigurationTogetherTests {
    private let cluster = ["cluster.mode=zookeeper", "cluster.peer.secret=a", "gate.token_secret=b"]

    @Test func aWholeClusterNode() {
        #expect(refusal(options: cluster + ["node.advertise=10.0.0.1", "store.driver=mysql"]) == "accepted")
    }

    @Test func noWildcardNeedsNoAdvertisedAddress() {
        let hosts = ["chat.host=10.0.0.1", "websocket.host=10.0.0.1"]
        #expect(refusal(options: cluster + hosts + ["store.driver=mysql"]) == "accepted")
        #expect(refusal(options: cluster + ["node.advertise=0.0.0.0", "store.driver=mysql"]).contains("found the wildcard 0.0.0.0"))
    }

    @Test func openLoginNeedsNoSharedStore() {
        let base = cluster + ["node.advertise=10.0.0.1"]
        #expect(refusal(options: base + ["plugins.pipeline=[login: {mode: open}, chat_redirect]"]) == "accepted")
        #expect(refusal(options: base + ["plugins.pipeline=[login: {mode: jwt}]"]) == "accepted")
        #expect(refusal(options: base + ["plugins.pipeline=[login: {mode: open}, inbox]"]).contains("and inbox in plugins.pipeline"))
        #expect(refusal(options: base + ["plugins.pipeline=[login: {mode: open}, group_chat]"]).contains("and group_chat in"))
    }

    @Test(arguments: ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
    func loopbackNeedsNoToken(_ host: String) {
        #expect(refusal(options: ["admin.host='\(host)'"]) == "accepted")
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "127.0.0.1.5"])
    func elsewhereNeedsOne(_ host: String) {
        #expect(refusal(options: ["admin.host='\(host)'"]).contains("admin.token: expected a token"))
        #expect(refusal(options: ["admin.host='\(host)'", "admin.token=x"]) == "accepted")
        #expect(refusal(options: ["admin.host='\(host)'", "admin.enabled=false"]) == "accepted")
    }

    @Test func portsMayRepeatWhereTheyCannotClash() {
        #expect(refusal(options: ["chat.port=0", "admin.port=0", "gate.port=0"]) == "accepted")
        #expect(refusal(options: ["chat.port=7070", "chat.host=10.0.0.1"]) == "accepted")
        #expect(refusal(options: ["chat.port=8080", "gate.enabled=false"]) == "accepted")
        #expect(refusal(options: ["chat.port=8080"]).hasPrefix("--set chat.port: chat.port: expected a port that no other"))
    }
}
