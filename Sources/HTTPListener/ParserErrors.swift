import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Answers what is no HTTP, as any other error is answered: with a status that says what is wrong, and JSON. It puts itself right behind the
/// HTTP decoder. While a request before is being answered nothing can be said; the error then goes on to who answers that one.
final class ParserErrors: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let style: JSONStyle

    init(_ style: JSONStyle) { self.style = style }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // A pipeline that takes no handler is one that is closing.
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(ParserErrorAnswer(style), position: .after(decoder))
    }
}

private final class ParserErrorAnswer: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let style: JSONStyle
    /// Requests whose answers have not ended.
    private var open = 0

    init(_ style: JSONStyle) { self.style = style }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { open += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { open -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, open == 0 else { return context.fireErrorCaught(error) }
        open = 1
        let failure = Self.failure(error)
        let body = ((try? style.encode(FailureBody(failure))) ?? Data()) + [UInt8(ascii: "\n")]
        let headers = HTTPHeaders([
            ("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"), ("Content-Length", "\(body.count)"),
        ])
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: failure.status.code), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // A little later, so that the answer is not overtaken by a reset.
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .milliseconds(250)) { channel.close(promise: nil) }
    }

    private static func failure(_ error: HTTPParserError) -> HTTPFailure {
        switch error {
        case .headerOverflow:
            HTTPFailure(.requestHeaderFieldsTooLarge, code: "head_too_large", "the request's first line and headers are too long")
        case .invalidVersion: HTTPFailure(.httpVersionNotSupported, code: "bad_version", "HTTP/1.1 and HTTP/1.0 are spoken here")
        // Also what TLS, or another protocol, begins with.
        case .invalidMethod: .badRequest("this is no HTTP request, or its method is unknown")
        default: .badRequest("this is no HTTP request")
        }
    }
}
