import AsyncHTTPClient
import NIOCore
import NIOPosix
import Synchronization

/// The HTTP client behind `hpush.http`: one for all loops of a node, made at its first use. It has threads of its own. Any thread; nothing
/// here waits.
///
/// Redirects are not followed, proxies not looked for, certificates verified.
final class PluginHTTP: Sendable {
    /// Requests a node has open at once.
    static let mostRequests = 1000
    /// Bytes of a request's body, and of an answer's.
    static let mostBody = 1 << 20

    private enum Client {
        case none
        case made(HTTPClient)
        case ended
    }

    private let client = Mutex<Client>(.none)
    private let requests = Atomic<Int>(0)

    deinit {
        // A client must be told to end; it does so by itself.
        if case .made(let client) = client.withLock({ $0 }) { client.shutdown { _ in } }
    }

    /// Requests that wait for their answers.
    var open: Int { requests.load(ordering: .relaxed) }

    /// Begins a request.
    /// - Parameters:
    ///   - timeout: seconds until the whole answer must be there.
    ///   - done: called once, on a thread of the client.
    /// - Returns: false when too many are open, or the node ends.
    func begin(
        _ request: HTTPClient.Request, timeout: Double, done: @escaping @Sendable (Result<HTTPClient.Response, any Error>) -> Void
    ) -> Bool {
        guard requests.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostRequests, let client = current() else {
            requests.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        let answer = ResponseAccumulator(request: request, maxBodySize: Self.mostBody)
        let deadline = NIODeadline.now() + .milliseconds(Int64(timeout * 1000))
        client.execute(request: request, delegate: answer, deadline: deadline).futureResult.whenComplete { [self] result in
            requests.wrappingSubtract(1, ordering: .relaxed)
            done(result)
        }
        return true
    }

    /// Ends what is open and takes no more.
    func shutDown() async {
        let last = client.withLock { client in
            defer { client = .ended }
            return client
        }
        if case .made(let client) = last { try? await client.shutdown() }
    }

    private func current() -> HTTPClient? {
        client.withLock { client in
            switch client {
            case .made(let made): return made
            case .ended: return nil
            case .none:
                let made = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: Self.configuration)
                client = .made(made)
                return made
            }
        }
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // A slow service may have as many connections as there are requests; by default the ninth would wait for one of the first eight.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = mostRequests
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A refused connection is an answer, and a rule wants it soon.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
