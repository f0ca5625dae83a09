import Testing
import WireProtocol

@Suite struct ResultCodeTests {
    @Test func codesNeverChange() {
        #expect(ResultCode.allCases.map(\.rawValue) == Array(0...9))
        #expect(ResultCode.notLoggedIn.rawValue == 5 && ResultCode.noSuchRecipient.rawValue == 6 && ResultCode.unavailable.rawValue == 9)
    }
}
