import AsyncHTTPClient
import NIOCore
import NIOPosix
import Synchronization

/// The HTTP client behind `hpush.http`: one for all loops of a node, made at its first use. Any thread; nothing here waits.
///
/// All its work, also beginning a request, is done on a thread of its own: a thousand requests begun at once take it some 50 ms.
///
/// Redirects are not followed, proxies not looked for, certificates verified.
final class PluginHTTP: Sendable {
    typealias Done = @Sendable (Result<HTTPClient.Response, any Error>) -> Void

    /// Requests a node has open at once.
    static let mostRequests = 1000
    /// Bytes of a request's body, and of an answer's.
    static let mostBody = 1 << 20

    private struct Client {
        let group: MultiThreadedEventLoopGroup
        let client: HTTPClient
    }

    private enum State {
        case none
        case made(Client)
        case ended
    }

    private let state = Mutex<State>(.none)
    private let requests = Atomic<Int>(0)

    deinit {
        // Both must be told to end; they do so by themselves.
        guard case .made(let made) = state.withLock({ $0 }) else { return }
        made.client.shutdown { _ in made.group.shutdownGracefully { _ in } }
    }

    /// Requests that wait for their answers.
    var open: Int { requests.load(ordering: .relaxed) }

    /// Begins a request.
    /// - Parameters:
    ///   - timeout: seconds until the whole answer must be there.
    ///   - done: called once, on the client's thread.
    /// - Returns: false when too many are open, or the node ends.
    func begin(_ request: HTTPClient.Request, timeout: Double, done: @escaping Done) -> Bool {
        guard requests.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostRequests, let made = current() else {
            requests.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        let deadline = NIODeadline.now() + .milliseconds(Int64(timeout * 1000))
        let loop = made.group.next()
        loop.execute { [self] in
            let answer = ResponseAccumulator(request: request, maxBodySize: Self.mostBody)
            let task = made.client.execute(
                request: request, delegate: answer, eventLoop: .delegateAndChannel(on: loop), deadline: deadline)
            task.futureResult.whenComplete { [self] result in
                requests.wrappingSubtract(1, ordering: .relaxed)
                done(result)
            }
        }
        return true
    }

    /// Ends what is open and takes no more.
    func shutDown() async {
        let last = state.withLock { state in
            defer { state = .ended }
            return state
        }
        guard case .made(let made) = last else { return }
        try? await made.client.shutdown()
        try? await made.group.shutdownGracefully()
    }

    private func current() -> Client? {
        state.withLock { state in
            switch state {
            case .made(let made): return made
            case .ended: return nil
            case .none:
                let made = Self.make()
                state = .made(made)
                return made
            }
        }
    }

    private static func make() -> Client {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // One thread, of no lower priority than the loops: it shares locks with them for moments (a loop's inbox, the heap), and would make
        // them wait for as long as it is kept from running.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // A slow service may have as many connections as there are requests; by default the ninth would wait for one of the first eight.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = mostRequests
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A refused connection is an answer, and a rule wants it soon.
        configuration.connectionPool.retryConnectionEstablishment = false
        return Client(group: group, client: HTTPClient(eventLoopGroup: group, configuration: configuration))
    }
}
