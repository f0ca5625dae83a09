import CPluginBridge

// Handing a loop's plugin state over to the next generation.

extension PluginState {
    /// What a plugin's `save` returns; `.nil` if it has none.
    /// - Throws: `PluginFailure` when it fails or returns what can't be handed over.
    public func save(_ plugin: Int) throws -> LuaValue {
        var buffer = hp_buffer()
        defer { hp_buffer_free(&buffer) }
        var failure = hp_failure()
        guard hp_save(handle, UInt32(plugin), &buffer, &failure) else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
        return LuaValue.decode(buffer.bytes, count: 1).first ?? .nil
    }

    /// Runs a plugin's `restore`, if it has one, with what the old generation's `save` returned.
    /// - Throws: `PluginFailure`.
    public func restore(_ plugin: Int, _ value: LuaValue, oldVersion: String?) throws {
        var failure = hp_failure()
        let good = withBytes(LuaValue.encode([value])) { value in
            guard let oldVersion else { return hp_restore(handle, UInt32(plugin), value, hp_bytes(), &failure) }
            return withBytes(oldVersion) { hp_restore(handle, UInt32(plugin), value, $0, &failure) }
        }
        guard good else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
    }
}
