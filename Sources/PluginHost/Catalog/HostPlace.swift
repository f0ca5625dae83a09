/// Where a plugin's code runs without everything that a handler has.
public enum HostPlace: String, Sendable, Hashable, CaseIterable {
    /// The main part of the file and of what it requires.
    case loading
    /// `init`, `save` and `restore`.
    case lifecycle
    /// Outbound handlers.
    case outbound
    /// Functions of `offload`.
    case offload

    /// For sentences such as "not in outbound handlers".
    var phrase: String {
        switch self {
        case .loading: "while the file loads"
        case .lifecycle: "in init, save and restore"
        case .outbound: "in outbound handlers"
        case .offload: "in offload"
        }
    }
}
