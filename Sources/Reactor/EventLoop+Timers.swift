extension EventLoop {
    /// A wheel tick is 2^23 ns, 8.4 ms: a shift, no division.
    static let wheelShift: UInt64 = 23

    /// Calls `target.timerFired` once, no earlier than in so many milliseconds (from this tick's beginning; at most 200 days).
    public func scheduleTimer(afterMilliseconds delay: Int, _ target: any TimerTarget, tag: UInt32 = 0) -> TimerID {
        assertInLoop()
        return wheel.schedule(at: wheelTick(after: delay), target, tag: tag)
    }

    /// - Returns: false when the timer has fired or was cancelled.
    @discardableResult
    public func cancelTimer(_ id: TimerID) -> Bool {
        assertInLoop()
        return wheel.cancel(id)
    }

    /// Moves a timer, keeping its id; far cheaper than a new one.
    ///
    /// - Returns: false when the timer has fired or was cancelled.
    @discardableResult
    public func rescheduleTimer(_ id: TimerID, afterMilliseconds delay: Int) -> Bool {
        assertInLoop()
        return wheel.reschedule(id, at: wheelTick(after: delay))
    }

    /// Timers that have not fired.
    public var timerCount: Int { wheel.count }

    @inline(__always)
    private func wheelTick(after delay: Int) -> UInt64 {
        let limited = UInt64(min(max(delay, 0), 200 * 86_400_000))
        return (now &+ limited &* 1_000_000 &+ (1 << Self.wheelShift) - 1) >> Self.wheelShift
    }

    func runTimers() {
        let tick = now >> Self.wheelShift
        if wheel.count == 0 && wheel.current >= tick { return }
        while let expired = wheel.popExpired(upTo: tick) {
            counter.pointee.timersFired &+= 1
            expired.target.timerFired(tag: expired.tag, loop: self)
        }
    }

    /// From now on the loop looks for times in which it was not run for more than `milliseconds`: connections that the peer has closed
    /// meanwhile end then without what they sent before. For this it ticks four times in such a time.
    public func watchForStillstand(ofMilliseconds milliseconds: Int) {
        assertInLoop()
        stillstand.patience = UInt64(milliseconds) * 1_000_000
        let beat = StillstandBeat(every: max(milliseconds / 4, 1))
        _ = scheduleTimer(afterMilliseconds: beat.interval, beat)
    }

    /// Milliseconds epoll may sleep for the timers' sake; -1: for ever.
    func timerTimeout() -> Int32 {
        guard let tick = wheel.nextEvent() else { return -1 }
        let due = tick << Self.wheelShift
        let time = now
        if due <= time { return 0 }
        return Int32(min((due - time + 999_999) / 1_000_000, 3_600_000))
    }
}
