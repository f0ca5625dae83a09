import HPushConfiguration
import PluginHost

/// Why a reload or rollback changed nothing: the rules in force go on.
public struct ReloadFailure: Error, Codable, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Codable, Sendable {
        case badConfiguration = "bad_configuration"
        case badPlugin = "bad_plugin"
        /// The loops did not all agree.
        case notAgreed = "not_agreed"
        case nothingToRollBack = "nothing_to_roll_back"
        /// Too many requests wait, or too many old generations are not done.
        case busy
        /// ZooKeeper cannot be asked.
        case unavailable
        /// The node ends.
        case ending
    }

    public var code: Code
    /// One line: plugin, place, reason.
    public var message: String
    public var plugin: String?
    /// The file at fault, and the line in it where one is known.
    public var file: String?
    public var line: Int?
    /// What is wrong there.
    public var reason: String
    /// The generation that stays in force.
    public var generation: UInt64 = 0
    /// How far each loop had come; nil when it did not come to the loops.
    public var loops: [LoopAnswer]?

    public var description: String { message }

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
        message = reason
    }

    /// What `NodeConfiguration.load` or a check of its caller throws.
    init(configuration error: any Error) {
        self.init(.badConfiguration, "\(error)")
        guard let error = error as? ConfigurationError else { return }
        reason = error.key.isEmpty ? error.problem : "\(error.key): \(error.problem)"
        if case .file(let path, let line) = error.origin {
            file = path
            self.line = line > 0 ? line : nil
        }
    }

    /// - Parameter section: where the settings come from; nil at a rollback.
    init(plugin error: any Error, _ bundles: [PluginBundle], _ section: PluginsSection?) {
        self.init(.badPlugin, "\(error)")
        guard let failure = error as? PluginFailure else { return }
        plugin = failure.plugin
        reason = failure.reason
        message = failure.description
        if let place = failure.place(in: bundles) {
            file = place.file
            line = place.line
            reason = place.reason
            message = "plugin \(failure.plugin): \(place.file)\(place.line.map { ":\($0)" } ?? ""): \(place.reason)"
        } else if let section, let entry = section.pipeline.first(where: { $0.name == failure.plugin }) {
            let origin = section.origin(of: entry)
            if case .file(let path, let line) = origin {
                file = path
                self.line = line > 0 ? line : nil
            }
            message = "\(origin): \(failure.description)"
        }
    }

    /// - Parameters:
    ///   - old: the bundles of the generation in force, whose `save` runs.
    ///   - new: those of the one that was to come.
    init(_ reason: SwapBarrier.Reason, _ stands: [SwapBarrier.Stand], old: [PluginBundle], new: [PluginBundle]) {
        switch reason {
        case .failed(let loop, let failure):
            let isSave = failure.step == .save
            self.init(plugin: failure.failure, isSave ? old : new, nil)
            let step = isSave ? "save in the generation in force" : "restore"
            self.reason = "\(step) failed on loop \(loop): \(self.reason)"
            message = "\(message) (\(step) on loop \(loop))"
        case .late(let loops):
            let names = loops.map { "loop \($0)" }.joined(separator: ", ")
            self.init(.notAgreed, "\(names) did not come to the switch in time")
        case .ended(let loop):
            self.init(.ending, "loop \(loop) has ended")
        }
        self.loops = stands.enumerated().map { LoopAnswer(loop: $0.offset, $0.element) }
    }
}
