import Foundation

/// The plugins of a folder, by what they say of themselves.
public enum PluginFolder {
    /// All that load, in the order of their names. Blocking; for a command or a thread of its own.
    /// - Throws: what the file system says.
    public static func descriptions(in directory: String, limits: PluginLimits = PluginLimits()) throws -> [PluginDescription] {
        let loader = PluginLoader(limits: limits)
        let services = CheckServices()
        let names = Set(
            try FileManager.default.contentsOfDirectory(atPath: directory).map { $0.hasSuffix(".lua") ? String($0.dropLast(4)) : $0 })
        return names.filter(PluginBundle.isName).sorted().compactMap { name in
            try? loader.check([.init(name: name)], in: directory, functions: CheckServices.functions, services: services).plugins.first
        }
    }
}
