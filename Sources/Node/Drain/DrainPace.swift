/// How many sessions a draining node has closed by when.
struct DrainPace {
    /// 0: all at once.
    let perSecond: Int
    /// After so long the rest is closed at once.
    let seconds: Int
    private(set) var closed = 0

    init(perSecond: Int, seconds: Int) {
        self.perSecond = perSecond
        self.seconds = seconds
    }

    /// - Parameter elapsed: seconds since the drain began.
    /// - Returns: how many more may be closed now; nil: all that are left.
    func due(at elapsed: Double) -> Int? {
        guard perSecond > 0, elapsed < Double(seconds) else { return nil }
        return max(Int(elapsed * Double(perSecond)) - closed, 0)
    }

    mutating func close(_ count: Int) { closed += count }
}
