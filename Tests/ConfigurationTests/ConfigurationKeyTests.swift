import Testing

@testable import HPushConfiguration

@Suite struct ConfigurationKeyTests {
    @Test func pathsAndVariablesAreUnique() {
        #expect(Set(ConfigurationKey.all.map(\.path)).count == ConfigurationKey.all.count)
        let paths = ConfigurationKey.all.flatMap { [$0.path] + ($0.filePath.map { [$0] } ?? []) }
        #expect(Set(paths.map(ConfigurationKey.environmentName)).count == paths.count)
    }

    @Test func secretsHaveNoPrintedDefaultAndAFileKey() {
        let secrets = ConfigurationKey.all.filter { $0.traits.contains(.secret) }.map(\.path)
        #expect(
            secrets == ["gate.token_secret", "admin.token", "cluster.redis.url", "cluster.peer.secret", "store.mysql.password"])
    }

    @Test func defaultsAreAcceptedByTheirOwnDescription() {
        for key in ConfigurationKey.all where key.kind != .plugins {
            #expect(refusal(options: ["\(key.path)=\(key.defaultValue)"]) == "accepted", "\(key.path)")
        }
    }

    @Test func helpIsOneSentenceLine() {
        for key in ConfigurationKey.all {
            #expect(key.help.hasSuffix(".") && !key.help.contains("\n") && !key.help.contains("|"), "\(key.path)")
        }
    }
}
