import CPluginBridge

// Handing a loop's plugin state over to the next generation.

extension PluginState {
    /// What a plugin's `save` returns; `.nil` if it has none.
    /// - Throws: `PluginFailure` when it fails or returns what can't be handed over.
    public func save(_ plugin: Int) throws -> LuaValue {
        var buffer = hp_buffer()
        defer { hp_buffer_free(&buffer) }
        try save(plugin, into: &buffer)
        return LuaValue.decode(buffer.bytes, count: 1).first ?? .nil
    }

    /// Runs a plugin's `restore`, if it has one, with what the old generation's `save` returned.
    /// - Throws: `PluginFailure`.
    public func restore(_ plugin: Int, _ value: LuaValue, oldVersion: String?) throws {
        try withBytes(LuaValue.encode([value])) { try restore(plugin, bytes: $0, oldVersion: oldVersion) }
    }

    /// Saves one plugin in the old state and restores it in this one. The value goes over as it is, for the loop stands still meanwhile.
    /// - Throws: `HandOverFailure`.
    public func takeOver(_ step: HandOver, from old: PluginState) throws(HandOverFailure) {
        var buffer = hp_buffer()
        defer { hp_buffer_free(&buffer) }
        do { try old.save(step.oldPlugin, into: &buffer) } catch { throw HandOverFailure(step: .save, failure: error) }
        do {
            try restore(step.plugin, bytes: buffer.bytes.hpBytes, oldVersion: step.oldVersion)
        } catch { throw HandOverFailure(step: .restore, failure: error) }
    }

    /// Runs each plugin's `save` once for nothing. One that fails right after `init` would make every later reload fail.
    /// - Throws: `PluginFailure`.
    public func trySaves() throws {
        for plugin in pluginNames.indices {
            var buffer = hp_buffer()
            defer { hp_buffer_free(&buffer) }
            try save(plugin, into: &buffer)
        }
    }

    private func save(_ plugin: Int, into buffer: inout hp_buffer) throws(PluginFailure) {
        phase = "save"
        defer { phase = nil }
        var failure = hp_failure()
        guard hp_save(handle, UInt32(plugin), &buffer, &failure) else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
    }

    private func restore(_ plugin: Int, bytes: hp_bytes, oldVersion: String?) throws(PluginFailure) {
        phase = "restore"
        defer { phase = nil }
        var failure = hp_failure()
        let good =
            if let oldVersion {
                withBytes(oldVersion) { hp_restore(handle, UInt32(plugin), bytes, $0, &failure) }
            } else {
                hp_restore(handle, UInt32(plugin), bytes, hp_bytes(), &failure)
            }
        guard good else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
    }
}
