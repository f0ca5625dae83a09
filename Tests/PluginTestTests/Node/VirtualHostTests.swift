import PluginHost
import Testing

@testable import PluginTest

/// Tests of plugins say something about a node only if the host has its functions.
@Suite struct VirtualHostTests {
    @Test func hasTheFunctionsOfANode() {
        let functions = VirtualHost.functions
        #expect(HostFunctionCatalog.differences(from: functions) == [])
    }

    @Test func namesAreListedOnce() {
        let names = VirtualHost.functions.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func tokensAreGoodUntilTheyExpireAndForNobodyElse() {
        let tokens = MemoryTokens()
        let token = tokens.issue("amy", seconds: 10, now: 100)
        #expect(tokens.verify(token, now: 109) == "amy")
        #expect(tokens.verify(token, now: 111) == nil)
        #expect(MemoryTokens().verify(token, now: 100) == nil)
        let parts = token.split(separator: ".")
        let other = tokens.issue("bob", seconds: 10, now: 100).split(separator: ".")
        #expect(tokens.verify("\(parts[0]).\(other[1]).\(parts[2])", now: 100) == nil)
        #expect(tokens.verify("a.b.c", now: 100) == nil && tokens.verify("", now: 100) == nil)
    }
}
