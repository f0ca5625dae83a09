import NIOCore
import NIOHTTP1

/// Tells what a connection is about. What is not a whole request yet, however its bytes drip in, does not count as being about something.
final class IdleWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: IdleConnections
    private var isOpen = false

    init(_ connections: IdleConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // A pipeline that takes no handler is one that is closing.
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(AnswerWatch(connections), position: .after(decoder))
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.closed(context.channel)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { connections.closed(context.channel) }

    private func open(_ context: ChannelHandlerContext) {
        if isOpen { return }
        isOpen = true
        connections.opened(context.channel)
    }
}

/// Sees whole requests and the ends of answers, behind the HTTP decoder.
private final class AnswerWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart

    private let connections: IdleConnections

    init(_ connections: IdleConnections) { self.connections = connections }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { connections.asked(context.channel) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { connections.answered(context.channel) }
        context.write(data, promise: promise)
    }
}
