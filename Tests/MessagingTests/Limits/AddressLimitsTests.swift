import Messaging
import Testing

@Suite struct AddressLimitsTests {
    @Test func connectionsOfOneAddress() {
        let limits = AddressLimits(connections: 2, failedLoginsPerMinute: 0)
        #expect(limits.connect("a") && limits.connect("a") && !limits.connect("a"))
        #expect(limits.connect("b"))
        limits.disconnect("a")
        #expect(limits.connect("a"))
    }

    @Test func failedLoginsCountForAMinute() {
        let limits = AddressLimits(connections: 0, failedLoginsPerMinute: 3)
        for _ in 0..<3 {
            #expect(limits.mayLogIn("a", second: 60))
            limits.failed("a", second: 60)
        }
        #expect(!limits.mayLogIn("a", second: 119))
        #expect(limits.mayLogIn("b", second: 119))
        #expect(limits.mayLogIn("a", second: 120))
    }

    @Test func zeroIsNoLimit() {
        let limits = AddressLimits(connections: 0, failedLoginsPerMinute: 0)
        for _ in 0..<1000 { limits.failed("a", second: 0) }
        #expect(limits.mayLogIn("a", second: 0) && limits.connect("a"))
    }

    @Test func aNetworkOfIPv6IsOneAddress() {
        let limits = AddressLimits(connections: 1, failedLoginsPerMinute: 1)
        #expect(limits.connect("2001:db8:1:2::3") && !limits.connect("2001:db8:1:2:ffff::4"))
        #expect(limits.connect("2001:db8:1:3::3"))
        limits.disconnect("2001:db8:1:2::9")
        #expect(limits.connect("2001:db8:1:2::a"))
        limits.failed("2001:db8::1", second: 1)
        #expect(!limits.mayLogIn("2001:db8::2", second: 1))
    }

    @Test func groups() {
        #expect(AddressGroup.of("192.0.2.7") == "192.0.2.7")
        #expect(AddressGroup.of("::ffff:192.0.2.7") == "192.0.2.7")
        #expect(AddressGroup.of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64")
        #expect(AddressGroup.of("fe80::1%eth0") == "fe80:0:0:0::/64")
        #expect(AddressGroup.of("::1") == "0:0:0:0::/64")
        #expect(AddressGroup.of("not:an:address") == "not:an:address")
    }
}
