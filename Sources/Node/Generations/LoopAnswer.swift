/// What a reload came to on one loop.
public struct LoopAnswer: Codable, Sendable, Equatable {
    public enum Result: String, Codable, Sendable {
        case switched
        /// It would have switched; another loop did not.
        case ready
        case failed
        /// It did not come, or not in time.
        case late
    }

    public var loop: Int
    public var result: Result
    /// How long it stood still; nil unless it switched.
    public var pauseMicroseconds: Double?

    init(loop: Int, _ stand: SwapBarrier.Stand) {
        self.loop = loop
        switch stand {
        case .absent, .arrived: result = .late
        case .ready: result = .ready
        case .failed: result = .failed
        case .switched(let nanoseconds):
            result = .switched
            pauseMicroseconds = Double(nanoseconds) / 1000
        }
    }
}
