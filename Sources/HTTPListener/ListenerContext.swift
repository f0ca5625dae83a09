import Hummingbird

/// A request's context that knows who asks.
struct ListenerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The client's address, without a port.
    let remote: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remote = source.channel.remoteAddress?.ipAddress ?? ""
    }
}
