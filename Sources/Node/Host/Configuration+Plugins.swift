import Foundation
import HPushConfiguration
import PluginHost

// The configuration's values as the plugin host takes them.

extension PluginLimits {
    public init(_ limits: PluginsSection.Limits) {
        self.init(
            runMilliseconds: limits.runMilliseconds, waitMilliseconds: limits.waitMilliseconds, memoryMegabytes: limits.memoryMegabytes,
            suspended: limits.suspended, offloadMilliseconds: limits.offloadMilliseconds,
            offloadThreads: limits.offloadThreads == 0 ? max(ProcessInfo.processInfo.activeProcessorCount, 1) : limits.offloadThreads)
    }
}

extension LuaValue {
    public init(_ value: ConfigValue) {
        switch value {
        case .null: self = .nil
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(Int64(value))
        case .double(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .list(let values): self = .list(values.map(LuaValue.init))
        case .map(let entries): self = .table(entries.map { Entry(.text($0.key), LuaValue($0.value)) })
        }
    }
}
