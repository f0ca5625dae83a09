/// What asked for a reload.
public enum ReloadTrigger: String, Codable, Sendable {
    /// `POST /v1/plugins/reload`, `hpush plugin reload`
    case admin
    /// SIGHUP
    case signal
    /// A file changed (`plugins.watch`).
    case watch
}
