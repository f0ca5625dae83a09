import HPushConfiguration
import Testing

@testable import Admin

@Suite struct TokenCheckTests {
    private func check(host: String, token: String) throws -> TokenCheck {
        var section = try NodeConfiguration.load(file: nil, environment: [:]).admin
        section.host = host
        section.token = Secret(token)
        return TokenCheck(section: section)
    }

    @Test func loopbackWithoutATokenIsOpen() throws {
        #expect(try check(host: "127.0.0.1", token: "").allows(authorization: nil))
    }

    @Test func offLoopbackWithoutATokenNobodyGetsIn() throws {
        let check = try check(host: "0.0.0.0", token: "")
        for header in [nil, "", "Bearer ", "Bearer x"] { #expect(!check.allows(authorization: header)) }
    }

    @Test func aTokenIsComparedWhole() throws {
        let check = try check(host: "127.0.0.1", token: "abc")
        #expect(check.allows(authorization: "Bearer abc"))
        for header in [nil, "Bearer ab", "Bearer abcabc", "Bearer abcd", "Basic abc", "Bearer"] {
            #expect(!check.allows(authorization: header), "\(header ?? "none")")
        }
    }
}
