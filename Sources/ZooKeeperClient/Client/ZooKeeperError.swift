/// What went wrong with a request or with the session: what kind, for which node, in words.
public struct ZooKeeperError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of error. The first group comes from the server, the second from this client.
    public enum Code: Hashable, Sendable {
        /// There is no such node.
        case noNode
        /// A node of that path exists.
        case nodeExists
        /// The node has children and cannot be deleted.
        case notEmpty
        /// The node's version is not the one that was given.
        case badVersion
        /// Ephemeral nodes cannot have children.
        case noChildrenForEphemerals
        /// The ACL does not allow it to this client.
        case noAuth
        /// The ACL given is not valid.
        case invalidACL
        /// A credential was refused.
        case authenticationFailed
        /// The server found an argument wrong, or this client did before sending it.
        case badArguments
        /// The server does not know the operation, or it is switched off there.
        case unimplemented
        /// The session is served by another server by now.
        case sessionMoved
        /// The session is over, and its ephemeral nodes and watches with it.
        case sessionExpired
        /// The node's quota would be exceeded.
        case quotaExceeded
        /// The server is too busy and did not carry out the request.
        case throttled
        /// There was no such watch.
        case noWatcher
        /// An operation of a multi was not carried out because another one failed.
        case rolledBack
        /// A number of the server without a name here.
        case server(Int32)

        /// The connection broke before the answer came: the request may have been carried out or not.
        case connectionLoss
        /// No answer within the request's time: the request may have been carried out or not.
        case requestTimeout
        /// `ZooKeeperConfiguration.maxRequests` are waiting already; the request was not sent.
        case tooManyRequests
        /// The client is closed; the request was not carried out.
        case closed
        /// Bytes came that are not what the protocol says.
        case protocolError
        /// A recipe found no number left to claim.
        case exhausted
        /// A node's data is not what a recipe keeps there.
        case unexpectedData
    }

    public let code: Code
    /// The node as the caller named it (without chroot); nil when the error is about no node.
    public let path: String?
    /// One line, in words.
    public let message: String
    /// Of a multi: the position of the operation that failed, from 0.
    public let operationIndex: Int?

    public init(_ code: Code, path: String? = nil, message: String? = nil, operationIndex: Int? = nil) {
        self.code = code
        self.path = path
        self.message = message ?? code.words
        self.operationIndex = operationIndex
    }

    public var description: String {
        let place = path.map { " (\($0))" } ?? ""
        let operation = operationIndex.map { ", operation \($0)" } ?? ""
        return "ZooKeeper: \(message)\(place)\(operation)"
    }

    /// Whether the request may have been carried out although no answer came.
    public var isOutcomeUnknown: Bool { code == .connectionLoss || code == .requestTimeout }
}
