import PluginHost

/// What a switch brings to one loop.
///
/// The state is the control thread's until the loop takes part in the switch, then the loop's.
struct LoopSwap: @unchecked Sendable {
    let generation: Generation
    let state: PluginState
    let steps: [HandOver]
}
