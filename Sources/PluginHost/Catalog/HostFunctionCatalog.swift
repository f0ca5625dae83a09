/// The host API, version 1: every function a node offers to its plugins.
///
/// A function is described where its sisters are (`HostFunctionCatalog+Store.swift`); an entry may be as short as
/// `.init("name", need: "need", waits: true)` while it is being written, and a test refuses it as long as it says no more.
public enum HostFunctionCatalog {
    /// The functions a host provides by `HostFunction`.
    public static let functions: [HostFunctionDescription] =
        sessions + sessionObject + notices + store + tokens + crypto + passwords + cluster + background + outside + offload + shared
        + metrics
        + hostContext

    /// What the bridge itself puts under `hpush`, into ctx and into messages.
    public static let builtIn: [HostFunctionDescription] =
        verdicts + logging + times + encodings + spawning + redirecting + bridgeContext + messageObject

    /// All that scripts find, each once.
    public static let all: [HostFunctionDescription] = builtIn + functions

    /// What `needs` may name.
    public static let needs: Set<String> = Set(all.compactMap(\.need))

    /// In what a host's functions differ from the catalog, a line each; empty when they agree.
    public static func differences<Services>(from hosts: [HostFunction<Services>]) -> [String] {
        let listed = Dictionary(functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let found = Dictionary(hosts.map { ($0.name, $0.description) }, uniquingKeysWith: { first, _ in first })
        return Set(listed.keys).union(found.keys).sorted().compactMap { name in
            switch (listed[name], found[name]) {
            case (nil, _): "the catalog lacks \(name)"
            case (_, nil): "the host lacks \(name)"
            case (let listed?, let found?):
                listed.need == found.need && listed.waits == found.waits ? nil : "\(name) differs in its need or in whether it waits"
            }
        }
    }
}
