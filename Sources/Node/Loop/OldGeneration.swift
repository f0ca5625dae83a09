import PluginHost

/// A loop's state of a generation that is no longer in force. What waits in it finishes.
struct OldGeneration {
    let state: PluginState
    /// When nothing waits in it any more, in the loop's nanoseconds.
    let deadline: UInt64

    /// Whether nothing of it will run again.
    var isDrained: Bool { state.waiting == 0 && state.spawned == 0 }
}
