import PluginHost

/// A line that a plugin or the node logged.
package struct NodeLogLine: Sendable, Equatable {
    package var level: PluginLogLevel
    package var plugin: String
    package var text: String
}
