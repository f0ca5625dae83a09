import Dispatch
import PluginHost

/// Where the loops meet for a switch: each comes between two messages, votes, and waits for the decision. Either all switch or none does.
///
/// A loop that waits here blocks, so that no message is handled between its `save` and its switch; it blocks for `patience` at most.
final class SwapBarrier: @unchecked Sendable {
    /// How far a loop has got.
    enum Stand: Sendable, Equatable {
        case absent
        /// It saves and restores.
        case arrived
        /// It would switch.
        case ready
        case failed(HandOverFailure)
        /// It stood still for so many nanoseconds.
        case switched(UInt64)
    }

    /// Why nothing was switched.
    enum Reason: Sendable, Equatable {
        case failed(loop: Int, HandOverFailure)
        /// They did not come, or did not vote, in time.
        case late(loops: [Int])
        case ended(loop: Int)
    }

    struct Outcome: Sendable {
        /// nil: all have switched.
        var reason: Reason?
        var stands: [Stand]
    }

    private enum Decision {
        case switches
        case abandoned(Reason)
    }

    private let monitor = Monitor()
    private var near = 0
    private let patience: UInt64
    private let arrivalPatience: UInt64
    // Under the monitor.
    private var stands: [Stand]
    private var decision: Decision?
    /// When the loops stop waiting for each other; set by the first one that comes.
    private var deadline: UInt64?

    /// - Parameters:
    ///   - patience: nanoseconds that loops block for each other at most.
    ///   - arrivalPatience: nanoseconds until the first loop has to be here; nobody blocks meanwhile.
    init(loops: Int, patience: UInt64 = 250_000_000, arrivalPatience: UInt64 = 5_000_000_000) {
        stands = Array(repeating: .absent, count: loops)
        self.patience = patience
        self.arrivalPatience = arrivalPatience
    }

    // MARK: A loop's

    /// The loop makes short ticks from now on, so that nobody has to wait for it long.
    func comesNear() {
        monitor.locked {
            near += 1
            monitor.wake()
        }
    }

    /// False when it has been decided already: the loop has nothing to do.
    func arrive(_ loop: Int) -> Bool {
        monitor.locked {
            if decision != nil { return false }
            stands[loop] = .arrived
            if deadline == nil {
                deadline = Self.now + patience
                monitor.wake()
            }
            return true
        }
    }

    /// Votes (nil: for the switch) and blocks until it is decided. The last vote decides; so does one against, and a deadline that is over.
    /// - Returns: whether to switch; then `switched` has to follow.
    func vote(_ loop: Int, failure: HandOverFailure?) -> Bool {
        monitor.locked {
            stands[loop] = failure.map { .failed($0) } ?? .ready
            if decision == nil, let failure { decision = .abandoned(.failed(loop: loop, failure)) }
            if decision == nil, stands.allSatisfy({ $0 == .ready }) { decision = .switches }
            monitor.wake()
            while decision == nil {
                if !monitor.wait(until: deadline ?? 0), decision == nil { abandonLate() }
            }
            if case .switches = decision { return true }
            return false
        }
    }

    func switched(_ loop: Int, after nanoseconds: UInt64) {
        monitor.locked {
            stands[loop] = .switched(nanoseconds)
            monitor.wake()
        }
    }

    // MARK: The control thread's

    /// Waits until all loops make short ticks, or for `arrivalPatience`.
    func awaitNear() {
        monitor.locked {
            let limit = Self.now + arrivalPatience
            while near < stands.count, decision == nil, monitor.wait(until: limit) {}
        }
    }

    /// A loop can't come.
    func abandon(ended loop: Int) {
        monitor.locked {
            if decision == nil { decision = .abandoned(.ended(loop: loop)) }
            monitor.wake()
        }
    }

    /// Waits for the decision and until no loop has anything to do with the new states any more: all have switched, or those that came
    /// have gone.
    func outcome() -> Outcome {
        monitor.locked {
            let firstDeadline = Self.now + arrivalPatience
            while decision == nil {
                // Once one is here, the loops' own deadline counts; a little more, so that they are the ones to decide.
                let limit = deadline.map { $0 + patience } ?? firstDeadline
                if !monitor.wait(until: limit), decision == nil, Self.now >= deadline.map({ $0 + patience }) ?? firstDeadline {
                    abandonLate()
                }
            }
            if case .abandoned(let reason) = decision {
                while stands.contains(.arrived) { monitor.wait() }
                return Outcome(reason: reason, stands: stands)
            }
            while stands.contains(.ready) { monitor.wait() }
            return Outcome(reason: nil, stands: stands)
        }
    }

    private func abandonLate() {
        decision = .abandoned(.late(loops: stands.indices.filter { stands[$0] == .absent || stands[$0] == .arrived }))
        monitor.wake()
    }

    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}
