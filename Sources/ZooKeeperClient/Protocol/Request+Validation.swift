extension Request {
    /// What no server would take, found before it is sent.
    func validate() throws(ZooKeeperError) {
        switch self {
        case .create(let path, _, let acl, let mode): try Self.validate(create: path, acl, mode)
        case .multi(let operations):
            for (index, operation) in operations.enumerated() {
                do throws(ZooKeeperError) {
                    if case .create(let path, _, let mode, let acl) = operation {
                        try Self.validate(create: path, acl, mode)
                    } else {
                        try NodePath.validate(operation.path)
                    }
                } catch {
                    throw ZooKeeperError(error.code, path: error.path, message: error.message, operationIndex: index)
                }
            }
        case .setACL(let path, let acl, _):
            try NodePath.validate(path)
            if acl.isEmpty { throw ZooKeeperError(.invalidACL, path: path, message: "the ACL is empty") }
        case .closeSession, .getEphemerals: break
        default: if let path { try NodePath.validate(path) }
        }
    }

    private static func validate(create path: String, _ acl: [ACL], _ mode: CreateMode) throws(ZooKeeperError) {
        try NodePath.validate(path, sequential: mode.isSequential)
        if acl.isEmpty { throw ZooKeeperError(.invalidACL, path: path, message: "the ACL is empty") }
        // The server keeps the ttl in 40 bits.
        if let ttl = mode.ttl, !(1...0xff_ffff_ffff).contains(ttl) {
            throw ZooKeeperError(.badArguments, path: path, message: "a ttl of \(ttl) ms is not between 1 and 2^40")
        }
    }
}
