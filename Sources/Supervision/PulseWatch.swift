import Foundation
import Synchronization

/// Something that runs what it is given, one after the other, on a thread of its own: an event loop. False: it has ended.
public typealias Lane = @Sendable (_ work: @escaping @Sendable () -> Void) -> Bool

/// Asks all lanes again and again, and tells when all have answered: a thread of its own, which no lane can hold up.
final class PulseWatch: Sendable {
    private let lanes: [Lane]
    private let period: Double
    private let allAnswered: @Sendable () -> Void
    /// Lanes of the last round that have not answered.
    private let left = Atomic<Int>(0)

    /// - Parameters:
    ///   - period: seconds between two rounds.
    ///   - allAnswered: called on the thread.
    init(lanes: [Lane], period: Double, allAnswered: @escaping @Sendable () -> Void) {
        self.lanes = lanes
        self.period = period
        self.allAnswered = allAnswered
    }

    /// Once. It ends with the process.
    func begin() {
        let thread = Thread { [self] in
            while true {
                if left.load(ordering: .acquiring) == 0 {
                    allAnswered()
                    ask()
                }
                Thread.sleep(forTimeInterval: period)
            }
        }
        thread.name = "supervision"
        thread.start()
    }

    private func ask() {
        left.store(lanes.count, ordering: .relaxed)
        for lane in lanes {
            let taken = lane { [self] in left.wrappingSubtract(1, ordering: .releasing) }
            // One that has ended on purpose is no fault.
            if !taken { left.wrappingSubtract(1, ordering: .releasing) }
        }
    }
}
