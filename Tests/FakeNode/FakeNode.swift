import ChatClient
import NIOCore
import NIOPosix
import WireProtocol

/// A node for tests, on a free loopback port: answers each message as a closure says.
public final class FakeNode: Sendable {
    /// What to do with a message that came.
    public enum Reply: Sendable {
        case send([WireMessage])
        case sendAndClose([WireMessage])
    }

    private let listener: any Channel
    public var port: Int { listener.localAddress?.port ?? 0 }

    /// - Parameter reply: gets the number of the connection, from 1, and the message.
    public init(_ reply: @escaping @Sendable (_ connection: Int, WireMessage) -> Reply) async throws {
        let counter = Counter()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(ChatFrameDecoder(maximumBodyBytes: 1 << 20)),
                        Handler(connection: counter.next(), reply: reply))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    public func stop() async {
        try? await listener.close()
    }

    /// A login accepted, messages echoed to their sender, logouts answered, history of one message.
    @Sendable public static func friendly(_ connection: Int, _ message: WireMessage) -> Reply {
        var answer = WireMessage()
        answer.sequence = message.sequence
        switch message.type {
        case .loginRequest:
            answer.type = .loginResponse
            answer.sessionID = "session-\(connection)"
            answer.loginResponse.result = true
            answer.loginResponse.capabilities = message.loginRequest.capabilities
            return .send([answer])
        case .messageRequest:
            return .send([message])
        case .syncRequest:
            answer.type = .syncResponse
            answer.syncResponse.messages = [
                WireMessageRequest.with {
                    $0.content = "stored"
                    $0.from = "bob"
                }
            ]
            answer.syncResponse.nextSeq = 1
            return .send([answer])
        case .logoutRequest:
            answer.type = .logoutResponse
            return .sendAndClose([answer])
        default:
            return .send([message])
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = WireMessage
        typealias OutboundOut = ByteBuffer

        let connection: Int
        let reply: @Sendable (Int, WireMessage) -> Reply

        init(connection: Int, reply: @escaping @Sendable (Int, WireMessage) -> Reply) {
            self.connection = connection
            self.reply = reply
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch reply(connection, unwrapInboundIn(data)) {
            case .send(let messages): write(messages, context)
            case .sendAndClose(let messages):
                write(messages, context)
                context.close(promise: nil)
            }
        }

        private func write(_ messages: [WireMessage], _ context: ChannelHandlerContext) {
            for message in messages {
                guard let frame = try? ChatFrame.encode(message, maximumBodyBytes: 1 << 20) else { continue }
                context.write(wrapOutboundOut(frame), promise: nil)
            }
            context.flush()
        }
    }
}
