import Foundation
import HPushConfiguration
import Node

/// What the configuration may ask for and this version does not have.
enum Capabilities {
    /// - Throws: `CommandError` that names the key and where it was set.
    static func check(_ configuration: NodeConfiguration, from options: ConfigurationOptions) throws {
        try checkStore(configuration, from: options)
        if configuration.queue.driver == .rocketmq {
            throw CommandError(
                "\(place(of: "queue.driver", options)): expected none or redis, found rocketmq, which this version does not have yet")
        }
    }

    /// - Throws: the same, for commands that need the store alone.
    static func checkStore(_ configuration: NodeConfiguration, from options: ConfigurationOptions) throws {
        if configuration.store.driver == .mysql, !ConfiguredStores.hasMySQL {
            throw CommandError(
                "\(place(of: "store.driver", options)): expected sqlite or memory, found mysql, which this build has not: it was made without "
                    + "the package trait MySQL")
        }
    }

    /// The source that wins: option over environment over file.
    private static func place(of key: String, _ options: ConfigurationOptions) -> String {
        if options.settings.contains(where: { $0.hasPrefix(key + "=") }) { return "--set \(key)" }
        let variable = "HPUSH_" + key.uppercased().replacing(".", with: "_")
        if ProcessInfo.processInfo.environment[variable] != nil { return "environment \(variable): \(key)" }
        return options.file.map { "\($0): \(key)" } ?? key
    }
}
