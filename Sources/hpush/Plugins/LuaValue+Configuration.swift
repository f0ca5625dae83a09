import HPushConfiguration
import Node
import PluginHost

extension LuaValue {
    /// A plugin's settings as the configuration has them; an entry without settings is nil.
    static func settings(of entry: PluginEntry) -> LuaValue {
        entry.settings == .map([]) ? .nil : LuaValue(entry.settings)
    }
}
