import NIOCore
import WireProtocol

/// Carries out what ``ConnectionMachine`` decides for one channel: writes, pairs answers with requests, holds back reading while
/// events wait. Runs on the channel's event loop only.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = WireMessage
    typealias OutboundIn = OutgoingRequest
    typealias OutboundOut = ByteBuffer

    private var machine = ConnectionMachine()
    private var awaited: [UInt64: EventLoopPromise<WireMessage>] = [:]
    private var heartbeats: RepeatedTask?
    private var isReadHeldBack = false
    private let configuration: ChatClientConfiguration
    private let events: EventQueue
    private let online: OnlineFlag
    private let onClosed: @Sendable (DisconnectReason) -> Void

    /// - Parameter onClosed: called once, on the event loop.
    init(
        configuration: ChatClientConfiguration, events: EventQueue, online: OnlineFlag,
        onClosed: @escaping @Sendable (DisconnectReason) -> Void
    ) {
        self.configuration = configuration
        self.events = events
        self.online = online
        self.onClosed = onClosed
    }

    func channelActive(context: ChannelHandlerContext) {
        let interval = TimeAmount(configuration.heartbeatInterval)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        heartbeats = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (handler, context) = bound.value
            // While this side does not read, silence says nothing about the peer.
            guard !handler.events.isFull else { return }
            handler.perform(handler.machine.heartbeatDue(), context: context)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        heartbeats?.cancel()
        heartbeats = nil
        online.set(false)
        let reason = machine.closed()
        let waiting = awaited
        awaited = [:]
        for promise in waiting.values {
            promise.fail(ChatClientError(.connectionLost, info: reason.description))
        }
        onClosed(reason)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let message = unwrapInboundIn(data)
        let isAwaited = awaited[message.sequence] != nil
        perform(machine.received(message, isAwaited: isAwaited), context: context)
    }

    /// Holds the read back while the consumer of the events is behind.
    func read(context: ChannelHandlerContext) {
        if events.isFull {
            isReadHeldBack = true
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let loop = context.eventLoop
            events.whenDrained {
                loop.execute {
                    let (handler, context) = bound.value
                    guard handler.isReadHeldBack else { return }
                    handler.isReadHeldBack = false
                    context.read()
                }
            }
        } else {
            context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        do {
            let frame = try ChatFrame.encode(request.message, maximumBodyBytes: configuration.maximumFrameBytes)
            if let answer = request.answer { try expect(answer, of: request.message.sequence, context: context) }
            machine.sent(request.message)
            context.write(wrapOutboundOut(frame), promise: promise)
        } catch {
            request.answer?.fail(error)
            promise?.fail(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let reason: DisconnectReason =
            switch error {
            case let violation as ChatFrameDecoder.Violation: .protocolViolation(violation.description)
            default: .failed(ConnectionFailure.describe(error))
            }
        perform(machine.failed(reason), context: context)
    }

    private func expect(_ answer: EventLoopPromise<WireMessage>, of sequence: UInt64, context: ChannelHandlerContext) throws {
        guard awaited.count < configuration.maximumOpenRequests else {
            throw ChatClientError(.tooManyRequests, info: "\(awaited.count) requests wait for their answers already")
        }
        awaited[sequence] = answer
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: TimeAmount(configuration.answerTimeout)) {
            bound.value.awaited.removeValue(forKey: sequence)?.fail(
                ChatClientError(.timedOut, info: "the node did not answer"))
        }
        answer.futureResult.whenComplete { _ in timeout.cancel() }
    }

    private func perform(_ action: ConnectionMachine.Action, context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .send(let message):
            guard let frame = try? ChatFrame.encode(message, maximumBodyBytes: configuration.maximumFrameBytes) else { return }
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        case .emit(let event): events.push(event)
        case .answer(let sequence, let message): awaited.removeValue(forKey: sequence)?.succeed(message)
        case .loggedIn(let session, let sequence, let message):
            online.set(true)
            events.push(.online(session))
            awaited.removeValue(forKey: sequence)?.succeed(message)
        case .close: context.close(promise: nil)
        }
    }
}
