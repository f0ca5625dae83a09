/// Pauses between attempts: twice as long each time up to a limit, half of each random, so that many clients do not come together. Pure.
struct Backoff {
    let first: Int
    let most: Int
    private(set) var attempts = 0

    init(first: Int, most: Int) {
        self.first = max(first, 1)
        self.most = max(most, self.first)
    }

    /// Milliseconds to wait now.
    mutating func next(using random: inout some RandomNumberGenerator) -> Int {
        let full = min(first << min(attempts, 20), most)
        attempts += 1
        return full / 2 + Int.random(in: 0...(full - full / 2), using: &random)
    }

    mutating func next() -> Int {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    mutating func succeeded() { attempts = 0 }
}
