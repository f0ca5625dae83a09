import CPluginBridge

/// The watchdog that stops scripts over their budget. Every thread that runs Lua registers itself once.
public enum Watchdog {
    /// Registers the calling thread; false if that fails.
    @discardableResult
    public static func watchThread() -> Bool { hp_watch_thread() }

    public static func unwatchThread() { hp_unwatch_thread() }
}
