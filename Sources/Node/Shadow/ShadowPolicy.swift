/// What a shadow may cost before it leaves messages out, or ends.
struct ShadowPolicy: Sendable {
    /// Of each second of a loop, in nanoseconds.
    var nanosecondsASecond: UInt64 = 100_000_000
    /// A turn of the loop that is this long already takes no more of it.
    var longTurn: UInt64 = 20_000_000
    /// Turns in a row as long as that end it.
    var longTurns = 200
    /// Times that the candidate may be stopped over a budget.
    var kills = 3
    /// Messages that may wait for it on one loop.
    var pending = 1000
}
