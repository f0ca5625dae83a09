import Reactor

/// One timer that is moved to the earliest of many moments. Loop-only.
///
/// Its closure may hold the owner, who ends the timer with itself: an object that is held weakly somewhere pays for it with each retain.
final class DeadlineTimer: TimerTarget {
    private unowned let loop: EventLoop
    private var fired: (() -> Void)?
    private var timer: TimerID?
    /// When it fires, in the loop's nanoseconds.
    @exclusivity(unchecked) private(set) var moment = UInt64.max

    init(_ loop: EventLoop, fired: @escaping () -> Void) {
        self.loop = loop
        self.fired = fired
    }

    /// Fires at `moment` or before, when it was armed for earlier.
    @inline(__always)
    func arm(_ moment: UInt64) {
        if moment < self.moment { move(moment) }
    }

    func arm(afterMilliseconds delay: Int) { arm(loop.now &+ UInt64(max(delay, 0)) &* 1_000_000) }

    func disarm() {
        if let timer { loop.cancelTimer(timer) }
        timer = nil
        moment = .max
    }

    /// Never fires again.
    func end() {
        disarm()
        fired = nil
    }

    private func move(_ moment: UInt64) {
        guard fired != nil else { return }
        self.moment = moment
        let delay = moment > loop.now ? Int((moment - loop.now + 999_999) / 1_000_000) : 0
        if let timer, loop.rescheduleTimer(timer, afterMilliseconds: delay) { return }
        timer = loop.scheduleTimer(afterMilliseconds: delay, self)
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        timer = nil
        moment = .max
        fired?()
    }
}
