import NIOCore

/// Who may connect, by address. Both are called on threads of the network library.
public struct ConnectionAdmission: Sendable {
    /// - Returns: false when it is one too many: the connection closes.
    var enters: @Sendable (_ address: String) -> Bool
    /// One that entered is gone.
    var leaves: @Sendable (_ address: String) -> Void

    public init(enters: @escaping @Sendable (_ address: String) -> Bool, leaves: @escaping @Sendable (_ address: String) -> Void) {
        self.enters = enters
        self.leaves = leaves
    }

    public static let all = ConnectionAdmission(enters: { _ in true }, leaves: { _ in })
}

/// Asks for a connection once it is there.
final class AdmissionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let admission: ConnectionAdmission
    private var isAsked = false
    /// Of a connection that was let in.
    private var address: String?

    init(_ admission: ConnectionAdmission) { self.admission = admission }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { ask(context) } }

    func channelActive(context: ChannelHandlerContext) {
        ask(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func ask(_ context: ChannelHandlerContext) {
        guard !isAsked, let remote = context.remoteAddress?.ipAddress else { return }
        isAsked = true
        if admission.enters(remote) { address = remote } else { context.channel.close(promise: nil) }
    }

    private func leave() {
        if let address { admission.leaves(address) }
        address = nil
    }
}
