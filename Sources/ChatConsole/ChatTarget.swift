/// Who a message is for.
enum ChatTarget: Sendable, Hashable, CustomStringConvertible {
    case user(String)
    case group(String)

    var description: String {
        switch self {
        case .user(let name): name
        case .group(let name): "@\(name)"
        }
    }
}
