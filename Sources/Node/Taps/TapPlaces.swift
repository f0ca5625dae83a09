import Synchronization

/// How many traces, recordings and so on run at once.
final class TapPlaces: Sendable {
    private let most: Int
    private let taken = Mutex(0)

    init(_ most: Int) { self.most = most }

    /// - Throws: when all are taken.
    func take(_ what: String) throws(TapFailure) {
        let isFree = taken.withLock { taken in
            guard taken < most else { return false }
            taken += 1
            return true
        }
        if !isFree { throw TapFailure(.busy, most == 1 ? "\(what) runs already" : "\(most) \(what) run already") }
    }

    func give() { taken.withLock { $0 -= 1 } }
}
