/// What asked for a reload.
public enum ReloadTrigger: String, Codable, Sendable {
    /// `POST /v1/plugins/reload`, `hpush plugin reload`
    case admin
    /// SIGHUP
    case signal
    /// A file changed (`plugins.watch`).
    case watch
    /// `hpush plugin push`, at the node that was asked
    case push
    /// The cluster's roll-out: another node was asked.
    case rollOut = "roll_out"
}
