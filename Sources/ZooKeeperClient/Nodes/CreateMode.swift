/// How long a node lives and whether the server numbers it.
public enum CreateMode: Hashable, Sendable {
    case persistent
    /// Ten digits of a number that only grows under one parent are appended to the path.
    case persistentSequential
    /// Gone with the session that created it.
    case ephemeral
    case ephemeralSequential
    /// Deleted by the server some time after its last child is gone.
    case container
    /// Deleted by the server when it was not changed for so long and has no children. The server must have
    /// `zookeeper.extendedTypesEnabled=true`, else `.unimplemented`.
    case persistentTTL(milliseconds: Int64)
    case persistentSequentialTTL(milliseconds: Int64)

    var flags: Int32 {
        switch self {
        case .persistent: 0
        case .ephemeral: 1
        case .persistentSequential: 2
        case .ephemeralSequential: 3
        case .container: 4
        case .persistentTTL: 5
        case .persistentSequentialTTL: 6
        }
    }

    var ttl: Int64? {
        switch self {
        case .persistentTTL(let milliseconds), .persistentSequentialTTL(let milliseconds): milliseconds
        default: nil
        }
    }

    var isSequential: Bool {
        switch self {
        case .persistentSequential, .ephemeralSequential, .persistentSequentialTTL: true
        default: false
        }
    }
}
