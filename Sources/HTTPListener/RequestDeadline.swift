import NIOCore
import NIOHTTP1

/// Closes a connection whose request does not arrive in time, however its bytes drip in. It stands behind the HTTP decoder and watches
/// what comes before and after that one.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    init(seconds: Int) { limit = .seconds(Int64(seconds)) }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // A pipeline that takes no handler is one that is closing.
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(RequestBegin(self), position: .first)
        try? pipeline.addHandler(RequestEnd(self), position: .after(decoder))
        if context.channel.isActive { begin(context.channel) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    /// What came is no HTTP, or too long: it was answered (400) and nothing more is read. Closed a little later, so that the answer is not
    /// overtaken by a reset.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .milliseconds(250)) { channel.close(promise: nil) }
        context.fireErrorCaught(error)
    }

    fileprivate func begin(_ channel: any Channel) {
        guard timer == nil else { return }
        timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    fileprivate func end() {
        timer?.cancel()
        timer = nil
    }
}

/// Bytes of a request have come: the decoder shows only whole heads.
private final class RequestBegin: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deadline: RequestDeadline

    init(_ deadline: RequestDeadline) { self.deadline = deadline }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline.begin(context.channel)
        context.fireChannelRead(data)
    }
}

/// A request has come whole.
private final class RequestEnd: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let deadline: RequestDeadline

    init(_ deadline: RequestDeadline) { self.deadline = deadline }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { deadline.end() }
        context.fireChannelRead(data)
    }
}
