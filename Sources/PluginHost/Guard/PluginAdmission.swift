/// What guards say before a handler runs.
public enum PluginAdmission: Sendable, Equatable {
    case runs
    /// It runs, and the host is told when it ended without an error.
    case probe
    /// It does not run. The client is told so, or the chain goes on where the plugin's errors are skipped.
    case refused(code: UInt32, info: StaticString)

    public static func == (left: PluginAdmission, right: PluginAdmission) -> Bool {
        switch (left, right) {
        case (.runs, .runs), (.probe, .probe): true
        case (.refused(let leftCode, let leftInfo), .refused(let rightCode, let rightInfo)):
            leftCode == rightCode && leftInfo.description == rightInfo.description
        default: false
        }
    }
}
