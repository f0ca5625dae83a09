import HPushConfiguration
import PluginHost

/// Why a node does not start, in one line.
public struct NodeError: Error, CustomStringConvertible {
    public let description: String

    init(_ failure: PluginFailure, _ section: PluginsSection) {
        // Where the plugin stands in the configuration: its settings may be what is wrong.
        let place = section.pipeline.first { $0.name == failure.plugin }.map { "\(section.origin(of: $0)): " } ?? ""
        description = place + failure.description
    }
}
