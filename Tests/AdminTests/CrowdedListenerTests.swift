import HTTPListener
import NIOCore
import NIOPosix
import Testing

@testable import Admin

@Suite("Connections that are only held", .timeLimit(.minutes(10)))
struct CrowdedListenerTests {
    /// More than the listener takes.
    private static let crowd = 300
    /// A request has 10 s to arrive: who waits for that is locked out.
    private static let patience = Duration.seconds(5)

    /// Opens them, lets each say something, and asks as an operator does.
    private func crowd(saying text: String) async throws {
        try await RunningAdmin.with { admin in
            let group = MultiThreadedEventLoopGroup.singleton
            var channels: [any Channel] = []
            for _ in 0..<Self.crowd {
                let channel = try await ClientBootstrap(group: group).connect(host: admin.address.host, port: admin.address.port).get()
                if !text.isEmpty {
                    let host = "\(admin.address)"
                    channel.writeAndFlush(ByteBuffer(string: text.replacing("HOST", with: host)), promise: nil)
                }
                channels.append(channel)
            }
            let asked = ContinuousClock.now
            #expect(try await admin.ask("/healthz").status == 200)
            #expect(ContinuousClock.now - asked < Self.patience)
            for channel in channels { try? await channel.close() }
        }
    }

    @Test func silentOnesGiveWay() async throws { try await crowd(saying: "") }

    @Test func slowOnesGiveWay() async throws { try await crowd(saying: "GET /healthz HTTP/1.1\r\nHost: HO") }

    @Test func idleOnesGiveWay() async throws { try await crowd(saying: "GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n") }
}
