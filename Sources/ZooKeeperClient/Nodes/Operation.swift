/// One part of a multi: all parts are done, in order, or none.
public enum Operation: Hashable, Sendable {
    case create(String, data: [UInt8] = [], mode: CreateMode = .persistent, acl: [ACL] = .openUnsafe)
    /// - `version`: -1 for any.
    case delete(String, version: Int32 = -1)
    case setData(String, data: [UInt8], version: Int32 = -1)
    /// Only that the node exists and has this version (-1 for any).
    case check(String, version: Int32 = -1)

    public var path: String {
        switch self {
        case .create(let path, _, _, _), .delete(let path, _), .setData(let path, _, _), .check(let path, _): path
        }
    }
}
