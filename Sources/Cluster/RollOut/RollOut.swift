import Foundation
import Logging
import Reactor
import Synchronization
import ZooKeeperClient

/// The rules that all nodes of a cluster run, in ZooKeeper: which they are (`/plugins/current`), their files (`/plugins/bundles/DIGEST/part-N`), and
/// what each node says of them (`/plugins/nodes/ID`). Any thread, but for `look`.
public final class RollOut: Sendable {
    /// What `current` gave, with its version, for the next change.
    public struct Standing: Sendable {
        public var record: RollOutRecord?
        var version: Int32
    }

    private static let current = "/plugins/current"
    /// Below ZooKeeper's limit of 1 MB for a node.
    private static let partBytes = 512 << 10

    private let client: ZooKeeperClient
    private let logger: Logger
    private let onChange: @Sendable (RollOutRecord) -> Void
    private let isOver = Atomic<Bool>(false)

    /// - Parameter onChange: told of what is rolled out, at first and whenever it changes, on the client's loop; the same may come twice.
    public init(client: ZooKeeperClient, logger: Logger, onChange: @escaping @Sendable (RollOutRecord) -> Void) {
        self.client = client
        self.logger = logger
        self.onChange = onChange
    }

    /// Looks what is rolled out, and watches it from then on. With each new session, since watches end with the old one. On the client's loop.
    public func look() {
        if isOver.load(ordering: .relaxed) { return }
        client.exists(Self.current, watch: { [weak self] event in self?.changed(event) }) { [self] result in
            switch result {
            case .success(nil): break
            case .success: read()
            // The next connection, or the next session, asks again.
            case .failure(let error): later(error)
            }
        }
    }

    private func changed(_ event: WatchEvent) {
        switch event.kind {
        case .removed, .lost: break
        default: look()
        }
    }

    public func stop() { isOver.store(true, ordering: .relaxed) }

    private func read() {
        client.getData(Self.current) { [self] result in
            switch result {
            case .success(let content):
                do { onChange(try JSONDecoder().decode(RollOutRecord.self, from: Data(content.data))) } catch {
                    logger.error("/plugins/current in ZooKeeper cannot be read: \(error)")
                }
            case .failure(let error): later(error)
            }
        }
    }

    private func later(_ error: ZooKeeperError) {
        if isOver.load(ordering: .relaxed) || error.code == .closed { return }
        logger.debug("/plugins/current in ZooKeeper: \(error)")
        _ = client.loop.scheduleTimer(afterMilliseconds: 1000, Again(self))
    }

    private final class Again: TimerTarget {
        private let owner: RollOut
        init(_ owner: RollOut) { self.owner = owner }
        func timerFired(tag: UInt32, loop: EventLoop) { owner.look() }
    }

    // MARK: Reading and writing

    public func standing() async throws(ZooKeeperError) -> Standing {
        do {
            try await client.sync("/")
            let content = try await client.getData(Self.current)
            return Standing(record: try? JSONDecoder().decode(RollOutRecord.self, from: Data(content.data)), version: content.stat.version)
        } catch {
            if error.code == .noNode { return Standing(record: nil, version: -1) }
            throw error
        }
    }

    /// A bundle's bytes.
    public func bundle(_ digest: String) async throws(ZooKeeperError) -> [UInt8] {
        let path = "/plugins/bundles/\(digest)"
        var bytes: [UInt8] = []
        for name in try await client.getChildren(path).names.sorted() { bytes += try await client.getData("\(path)/\(name)").data }
        return bytes
    }

    /// Puts a bundle's bytes there. Its parts come before anybody is told its name, so that nobody reads half of one.
    public func put(_ digest: String, _ bytes: [UInt8]) async throws(ZooKeeperError) {
        let path = "/plugins/bundles/\(digest)"
        try await client.createPath(path)
        for (number, start) in stride(from: 0, to: max(bytes.count, 1), by: Self.partBytes).enumerated() {
            let part = Array(bytes[start..<min(start + Self.partBytes, bytes.count)])
            let name = "\(path)/part-\(String(repeating: "0", count: max(0, 3 - "\(number)".count)))\(number)"
            do { try await client.create(name, data: part) } catch { if error.code != .nodeExists { throw error } }
        }
    }

    /// All nodes are to run it.
    /// - Parameter standing: what it follows on.
    /// - Throws: `.badVersion` when something else was rolled out meanwhile.
    public func publish(_ record: RollOutRecord, over standing: Standing) async throws(ZooKeeperError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes = (try? encoder.encode(record)).map { [UInt8]($0) } ?? []
        if standing.version >= 0 {
            try await client.setData(Self.current, data: bytes, version: standing.version)
        } else {
            try await client.createPath("/plugins")
            do { try await client.create(Self.current, data: bytes) } catch {
                throw error.code == .nodeExists ? ZooKeeperError(.badVersion, path: Self.current) : error
            }
        }
        await prune(record)
    }

    /// Bundles nobody can go back to any more.
    private func prune(_ record: RollOutRecord) async {
        guard let names = try? await client.getChildren("/plugins/bundles").names else { return }
        for name in names where name != record.bundle && !record.before.contains(name) {
            for part in (try? await client.getChildren("/plugins/bundles/\(name)").names) ?? [] {
                try? await client.delete("/plugins/bundles/\(name)/\(part)")
            }
            try? await client.delete("/plugins/bundles/\(name)")
        }
    }

    // MARK: Reports

    /// Says what this node runs; gone with its session.
    public func report(_ report: RollOutReport, of node: NodeID) async throws(ZooKeeperError) {
        let path = "/plugins/nodes/\(node)"
        let bytes = (try? JSONEncoder().encode(report)).map { [UInt8]($0) } ?? []
        try await client.createPath("/plugins/nodes")
        do { try await client.create(path, data: bytes, mode: .ephemeral) } catch {
            guard error.code == .nodeExists else { throw error }
            try await client.setData(path, data: bytes)
        }
    }

    public func reports() async throws(ZooKeeperError) -> [NodeID: RollOutReport] {
        var found: [NodeID: RollOutReport] = [:]
        do {
            for name in try await client.getChildren("/plugins/nodes").names {
                guard let number = UInt32(name), let content = try? await client.getData("/plugins/nodes/\(name)") else { continue }
                found[NodeID(number)] = try? JSONDecoder().decode(RollOutReport.self, from: Data(content.data))
            }
        } catch { if error.code != .noNode { throw error } }
        return found
    }
}
