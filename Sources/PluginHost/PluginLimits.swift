/// `plugins.limits`: what one handler, and all scripts of one loop and generation, may use.
public struct PluginLimits: Sendable, Equatable {
    /// Milliseconds of CPU a handler may run without waiting.
    public var runMilliseconds: Int
    /// Milliseconds a handler may wait.
    public var waitMilliseconds: Int
    /// Megabytes the scripts of one loop and generation may hold.
    public var memoryMegabytes: Int
    /// Handlers that may wait at once on one loop.
    public var suspended: Int
    /// Milliseconds of CPU an offload function may run.
    public var offloadMilliseconds: Int
    /// Worker threads a generation; each has a Lua state of its own, which may hold `memoryMegabytes`, too.
    public var offloadThreads: Int

    public init(
        runMilliseconds: Int = 100, waitMilliseconds: Int = 5000, memoryMegabytes: Int = 64, suspended: Int = 10_000,
        offloadMilliseconds: Int = 5000, offloadThreads: Int = 1
    ) {
        self.runMilliseconds = runMilliseconds
        self.waitMilliseconds = waitMilliseconds
        self.memoryMegabytes = memoryMegabytes
        self.suspended = suspended
        self.offloadMilliseconds = offloadMilliseconds
        self.offloadThreads = offloadThreads
    }
}
