public import CPluginBridge

/// Which handler the guards are asked about.
public struct GuardedExecution {
    /// Index in the generation.
    public let plugin: Int
    public let kind: hp_kind
    /// Handle of its session; 0 before login.
    public let session: UInt64
    /// What the host gave to the run.
    public let tag: UnsafeMutableRawPointer?
}
