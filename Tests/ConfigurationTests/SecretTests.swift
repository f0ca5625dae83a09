import Foundation
import Testing

@testable import HPushConfiguration

@Suite struct SecretTests {
    @Test func isNeverPrinted() throws {
        let configuration = try load(options: [
            "admin.token=hunter2", "gate.token_secret=hunter2", "store.mysql.password=hunter2", "cluster.peer.secret=hunter2",
            "cluster.redis.url='redis://:hunter2@127.0.0.1/0'",
        ])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] { #expect(!text.contains("hunter2")) }
        #expect("\(Secret("x")) \(Secret(""))" == "(secret) (not set)")
    }

    @Test func comesFromAFileNextToTheConfiguration() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("token", "s3cret\n")
        let file = try folder.write("hpush.yaml", "admin:\n  host: 0.0.0.0\n  token_file: token\n")
        #expect(try load(file: file).admin.token.reveal() == "s3cret")
    }

    @Test func aStrongerSourceMayUseTheOtherForm() throws {
        let folder = try TemporaryFolder()
        let token = try folder.write("token", "from file")
        let file = try folder.write("hpush.yaml", "admin: { token_file: gone }\n")
        #expect(try load(file: file, environment: ["HPUSH_ADMIN_TOKEN": "plain"]).admin.token.reveal() == "plain")
        let both = try load(options: ["admin.token_file=\(token)"], environment: ["HPUSH_ADMIN_TOKEN": "plain"])
        #expect(both.admin.token.reveal() == "from file")
        #expect(try load(environment: ["HPUSH_ADMIN_TOKEN_FILE": token]).admin.token.reveal() == "from file")
    }

    @Test func anUnfitFileIsRefusedWithoutItsText() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("empty", "\n")
        #expect(
            refusal(options: ["admin.token_file=\(empty)"])
                == "--set admin.token_file: admin.token_file: expected a readable file with the secret, found \(empty): nothing in it")
        let wrong = try folder.write("url", "hunter2")
        let text = refusal(options: ["cluster.redis.url_file=\(wrong)"])
        #expect(text.contains("expected a URL redis://") && !text.contains("hunter2"))
        #expect(!refusal(options: ["cluster.redis.url=hunter2"]).contains("hunter2"))
    }
}
