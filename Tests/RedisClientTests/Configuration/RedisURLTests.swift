import Testing

@testable import RedisClient

@Suite struct RedisURLTests {
    @Test func readsASingleServer() throws {
        let all = try RedisConfiguration(url: "redis://im:p%40ss%3A%2f@redis.example:6400/3?client_name=node-1&timeout_ms=500&protocol=2")
        #expect(all.deployment == .single(RedisAddress("redis.example", 6400)))
        #expect(all.user == "im")
        #expect(all.password == "p@ss:/")
        #expect(all.database == 3)
        #expect(all.clientName == "node-1")
        #expect(all.commandTimeout == 500)
        #expect(all.protocolVersion == 2)
        let least = try RedisConfiguration(url: "redis://localhost")
        #expect(least.deployment == .single(RedisAddress("localhost", 6379)))
        #expect(least.user == nil && least.password == nil && least.database == 0 && least.protocolVersion == 3)
        #expect(try RedisConfiguration(url: "redis://:secret@h/").password == "secret")
        #expect(try RedisConfiguration(url: "redis://[::1]:7000").deployment == .single(RedisAddress("::1", 7000)))
        #expect(try RedisConfiguration(url: "redis://[fe80::2]").deployment == .single(RedisAddress("fe80::2", 6379)))
        #expect(try RedisConfiguration(url: "redis://u:a@b@h").password == "a@b")
    }

    @Test func readsSentinelsAndClusters() throws {
        let sentinel = try RedisConfiguration(url: "redis-sentinel://u:p@a:1,b/main/2?sentinel_password=s")
        #expect(sentinel.deployment == .sentinel([RedisAddress("a", 1), RedisAddress("b", 26_379)], master: "main"))
        #expect(sentinel.database == 2)
        #expect(sentinel.sentinelPassword == "s")
        let cluster = try RedisConfiguration(url: "redis-cluster://a:1,b:2")
        #expect(cluster.deployment == .cluster([RedisAddress("a", 1), RedisAddress("b", 2)]))
    }

    @Test(arguments: [
        ("localhost:6379", "has no scheme"), ("http://a", "scheme 'http'"), ("redis://a:0", "port"), ("redis://a:99999", "port"),
        ("redis://a/x", "database 'x'"),
        ("redis://a/1/2", "too many"), ("redis://a,b", "several"), ("redis-sentinel://a", "no master"), ("redis-cluster://a/1", "only 0"),
        ("redis://a?nope=1", "unknown option 'nope'"), ("redis://a?timeout_ms=0", "timeout_ms=0"), ("redis://u@a", "without a password"),
        ("redis://u:p%zz@a", "hex"), ("redis://a?protocol=4", "protocol '4'"),
    ]) func saysWhatIsWrong(_ url: String, _ part: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func neverRepeatsThePassword() {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://user:topsecret@host:1/x") }
        #expect(error?.description.contains("topsecret") == false)
    }
}
