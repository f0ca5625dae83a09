/// A request of the session's sequence, with paths as the caller names them.
enum Request {
    case create(path: String, data: [UInt8], acl: [ACL], mode: CreateMode)
    case delete(path: String, version: Int32)
    case exists(path: String, watch: Bool)
    case getData(path: String, watch: Bool)
    case setData(path: String, data: [UInt8], version: Int32)
    case getChildren(path: String, watch: Bool)
    case sync(path: String)
    case multi([Operation])
    case getACL(path: String)
    case setACL(path: String, acl: [ACL], version: Int32)
    case addWatch(path: String, mode: WatchMode)
    case removeWatches(path: String, kind: WatchKind)
    case getEphemerals(prefix: String)
    case closeSession

    /// The node it is about; of a multi none.
    var path: String? {
        switch self {
        case .create(let path, _, _, _), .delete(let path, _), .exists(let path, _), .getData(let path, _), .setData(let path, _, _),
            .getChildren(let path, _), .sync(let path), .getACL(let path), .setACL(let path, _, _), .addWatch(let path, _),
            .removeWatches(let path, _), .getEphemerals(let path):
            path
        case .multi, .closeSession: nil
        }
    }

    var operation: Int32 {
        switch self {
        case .create(_, _, _, let mode): Self.createOperation(mode)
        case .delete: OperationCode.delete
        case .exists: OperationCode.exists
        case .getData: OperationCode.getData
        case .setData: OperationCode.setData
        case .getChildren: OperationCode.getChildren2
        case .sync: OperationCode.sync
        case .multi: OperationCode.multi
        case .getACL: OperationCode.getACL
        case .setACL: OperationCode.setACL
        case .addWatch: OperationCode.addWatch
        case .removeWatches: OperationCode.removeWatches
        case .getEphemerals: OperationCode.getEphemerals
        case .closeSession: OperationCode.closeSession
        }
    }

    static func createOperation(_ mode: CreateMode) -> Int32 {
        if mode.ttl != nil { return OperationCode.createTTL }
        return mode == .container ? OperationCode.createContainer : OperationCode.create2
    }
}
