import Foundation

/// `/plugins/current`: the rules that all nodes of the cluster run.
public struct RollOutRecord: Codable, Sendable, Equatable {
    /// The bundle's name; empty: each node's own files.
    public var bundle: String
    /// Milliseconds since 1970.
    public var at: Int64
    /// The name of the node that was asked for it.
    public var by: String
    /// What was rolled out before, newest first; the same form as `bundle`.
    public var before: [String]

    public init(bundle: String, at: Int64, by: String, before: [String]) {
        self.bundle = bundle
        self.at = at
        self.by = by
        self.before = before
    }

    /// That can be gone back.
    static let mostBefore = 5

    /// What follows on it.
    public func followed(by bundle: String, at: Int64, name: String) -> RollOutRecord {
        RollOutRecord(bundle: bundle, at: at, by: name, before: Array(([self.bundle] + before).prefix(Self.mostBefore)))
    }

    /// The one before comes back; nil: there is none.
    public func takenBack(at: Int64, name: String) -> RollOutRecord? {
        before.first.map { RollOutRecord(bundle: $0, at: at, by: name, before: Array(before.dropFirst())) }
    }
}
