import Foundation

/// What a node says of itself under `/im/nodes`: the JSON of its ephemeral node. The first four keys are those of the Java ImNode; a node
/// that has only them can be sent clients to, but not messages.
public struct NodeRecord: Codable, Hashable, Sendable {
    public var id: Int64
    /// Sessions now, at most a second late.
    public var balance: Int64
    public var host: String
    public var port: Int
    public var peerHost: String?
    public var peerPort: Int?
    public var websocketPort: Int?
    /// Whether `port` speaks TLS; nil: it does not. Like those below it is not among the Java ImNode's.
    public var tls: Bool?
    /// The same of `websocketPort`.
    public var websocketTLS: Bool?
    public var name: String?
    public var version: String?
    /// Milliseconds since 1970.
    public var startedAt: Int64?
    public var draining: Bool?

    public init(
        id: Int64 = 0, balance: Int64 = 0, host: String, port: Int, peerHost: String? = nil, peerPort: Int? = nil,
        websocketPort: Int? = nil, tls: Bool? = nil, websocketTLS: Bool? = nil,
        name: String? = nil, version: String? = nil, startedAt: Int64? = nil, draining: Bool? = nil
    ) {
        self.id = id
        self.balance = balance
        self.host = host
        self.port = port
        self.peerHost = peerHost
        self.peerPort = peerPort
        self.websocketPort = websocketPort
        self.tls = tls
        self.websocketTLS = websocketTLS
        self.name = name
        self.version = version
        self.startedAt = startedAt
        self.draining = draining
    }

    public init(json: [UInt8]) throws { self = try JSONDecoder().decode(NodeRecord.self, from: Data(json)) }

    public var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers always encode.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    /// Where other nodes send records; nil when it takes none.
    public func peer(_ id: NodeID) -> PeerAddress? {
        guard let peerHost, let peerPort, !peerHost.isEmpty, peerPort > 0 else { return nil }
        return PeerAddress(id: id, host: peerHost, port: peerPort)
    }

    /// The number behind `seq-` of a node's path; nil for what is no node.
    public static func id(ofPath name: some StringProtocol) -> NodeID? {
        guard let last = name.split(separator: "/").last, last.hasPrefix("seq-"), let number = UInt32(last.dropFirst(4)) else { return nil }
        return NodeID(number)
    }
}
