extension ZooKeeperError.Code {
    /// The number in a reply's header, as `KeeperException.Code` lists them.
    init(server number: Int32) {
        switch number {
        case -101: self = .noNode
        case -110: self = .nodeExists
        case -111: self = .notEmpty
        case -103: self = .badVersion
        case -108: self = .noChildrenForEphemerals
        case -102: self = .noAuth
        case -114: self = .invalidACL
        case -115: self = .authenticationFailed
        case -8: self = .badArguments
        case -6: self = .unimplemented
        case -118: self = .sessionMoved
        case -112: self = .sessionExpired
        case -125: self = .quotaExceeded
        case -127: self = .throttled
        case -121: self = .noWatcher
        case -4: self = .connectionLoss
        case -7: self = .requestTimeout
        default: self = .server(number)
        }
    }

    var words: String {
        switch self {
        case .noNode: "no such node"
        case .nodeExists: "the node exists already"
        case .notEmpty: "the node has children"
        case .badVersion: "the node has another version"
        case .noChildrenForEphemerals: "an ephemeral node cannot have children"
        case .noAuth: "the ACL does not allow it"
        case .invalidACL: "the ACL is not valid"
        case .authenticationFailed: "the credential was refused"
        case .badArguments: "an argument is not valid"
        case .unimplemented: "the server does not support the operation"
        case .sessionMoved: "the session has moved to another server"
        case .sessionExpired: "the session has expired"
        case .quotaExceeded: "the quota would be exceeded"
        case .throttled: "the server is too busy"
        case .noWatcher: "there is no such watch"
        case .rolledBack: "not done, because another operation of the multi failed"
        case .server(let number): "error \(number) of the server"
        case .connectionLoss: "the connection was lost before the answer came"
        case .requestTimeout: "no answer in time"
        case .tooManyRequests: "too many requests are waiting"
        case .closed: "the client is closed"
        case .protocolError: "the server's answer cannot be read"
        case .exhausted: "no number is left"
        case .unexpectedData: "the node's data is not what was expected"
        }
    }
}
