import Foundation
import Node
import Testing

@testable import Admin

@Suite struct PushRouteTests {
    @Test func messagesAreTakenWithAllTheirFields() async throws {
        try await RunningAdmin.with { admin in
            let body = """
                {"from":"shop","to":"amy","content":"hi","msg_id":"18446744073709551615","msg_type":3,"time":5,"url":null,"from_nick":"The Shop"}
                """
            let answer = try await admin.ask("/v1/messages", .POST, body: body)
            #expect(answer.text == "{\"duplicate\":false,\"server_id\":\"77\",\"sessions\":2,\"stored\":false}\n")
            let message = try #require(admin.control.pushed.first)
            #expect((message.from, message.recipient, message.content) == ("shop", .user("amy"), "hi"))
            #expect((message.messageID, message.messageType, message.time) == (.max, 3, 5))
            #expect((message.url, message.fromNick) == ("", "The Shop"))
        }
    }

    @Test(arguments: [
        ("nobody", 404, "no_such_user"), ("away", 409, "not_reachable"), ("full", 503, "unavailable"),
    ]) func failuresHaveTheirStatus(user: String, status: Int, code: String) async throws {
        try await RunningAdmin.with { admin in
            let answer = try await admin.ask("/v1/messages", .POST, body: "{\"from\":\"shop\",\"to\":\"\(user)\"}")
            #expect(answer.status == UInt(status))
            #expect(answer.errorCode == code)
        }
    }

    @Test func bodiesHaveAnEnd() async throws {
        try await RunningAdmin.with { admin in
            let answer = try await admin.ask("/v1/messages", .POST, body: String(repeating: " ", count: 100_000))
            #expect(answer.status == 413)
            #expect(answer.errorCode == "too_large")
            #expect(try await admin.ask("/v1/messages", .POST).status == 400)
        }
    }

    @Test func noticesKeepTextAsItIsAndWriteObjects() async throws {
        try await RunningAdmin.with { admin in
            for body in [
                #"{"all":true,"json":"{\"b\": 1 }"}"#, #"{"to":"amy","json":{"b":[1,-2,0.5,true,null,"é/"],"a":18446744073709551615}}"#,
            ] {
                let status = try await admin.ask("/v1/notify", .POST, body: body).status
                #expect(status == 200)
            }
            #expect(
                admin.control.notices == [#"all {"b": 1 }"#, #"one {"a":18446744073709551615,"b":[1,-2,0.5,true,null,"é/"]}"#])
        }
    }
}
