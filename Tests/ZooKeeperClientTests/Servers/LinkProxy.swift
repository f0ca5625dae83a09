import Reactor
import TestSupport

/// Stands between a client and a server, and can hold back what they say or cut their connections.
final class LinkProxy: @unchecked Sendable {
    private let loop: EventLoop
    private var listener: Listener?
    private let target: Int
    private var pairs: [Pair] = []
    private var isFrozen = false
    private var isRefusing = false
    private var cutsNext = false
    /// Connections accepted.
    private let accepted = Locked(0)

    /// A client's connection and the one to the server.
    private final class Pair: ConnectionDelegate {
        weak var proxy: LinkProxy?
        var client: Connection?
        var server: Connection?
        var early: [UInt8] = []

        init(_ proxy: LinkProxy) { self.proxy = proxy }

        func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
            guard connection === client else {
                client?.write(bytes)
                return bytes.count
            }
            if let server { server.write(bytes) } else { early += bytes }
            if let proxy, proxy.cutsNext, let server {
                // The server gets it, and nobody gets its answer.
                proxy.cutsNext = false
                server.close(afterFlush: true)
                client?.close(afterFlush: false)
            }
            return bytes.count
        }

        func closed(_ connection: Connection, reason: CloseReason) { cut() }

        func cut() {
            client?.close(afterFlush: false)
            server?.close(afterFlush: false)
            client = nil
            server = nil
            proxy?.pairs.removeAll { $0 === self }
        }
    }

    init(to port: Int) throws {
        target = port
        loop = try EventLoop(index: 0, name: "proxy")
        try loop.start()
        listener = try Listener(on: loop, host: "127.0.0.1", port: 0) { [unowned self] in accept($0) }
        loop.execute { [self] in try? listener?.open() }
    }

    deinit {
        loop.stop()
        loop.join()
    }

    var address: String { "127.0.0.1:\(listener?.port ?? 0)" }
    var connections: Int { accepted.value }

    private func accept(_ descriptor: Int32) {
        accepted.change { $0 += 1 }
        let pair = Pair(self)
        pair.client = loop.adopt(descriptor, delegate: pair)
        if isRefusing { return pair.cut() }
        pairs.append(pair)
        if isFrozen { pair.client?.pauseReading(.owner1) }
        loop.connect(host: "127.0.0.1", port: target) { [self] connection in
            guard pair.client != nil else { return nil }
            pair.server = connection
            if isFrozen { connection.pauseReading(.owner1) }
            pair.early.withUnsafeBytes { connection.write($0) }
            return pair
        } failed: { _ in
            pair.cut()
        }
    }

    /// Nothing passes any more, but nobody is told.
    func freeze() {
        loop.execute { [self] in
            isFrozen = true
            for pair in pairs {
                pair.client?.pauseReading(.owner1)
                pair.server?.pauseReading(.owner1)
            }
        }
    }

    /// What was held back passes now.
    func thaw() {
        loop.execute { [self] in
            isFrozen = false
            for pair in pairs {
                pair.client?.resumeReading(.owner1)
                pair.server?.resumeReading(.owner1)
            }
        }
    }

    /// Cuts what is there; `refusing`: and what comes until `accept`.
    func cut(refusing: Bool = false) {
        loop.execute { [self] in
            isRefusing = refusing
            for pair in pairs { pair.cut() }
        }
    }

    /// The next request reaches the server, and the connection is gone before the answer.
    func cutBehindNextRequest() async {
        // It is to be so before the caller sends the request.
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                cutsNext = true
                continuation.resume()
            }
        }
    }

    func acceptAgain() {
        loop.execute { [self] in isRefusing = false }
    }
}
