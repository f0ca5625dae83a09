@testable import Reactor

/// Remembers which timers fired.
final class TimerRecorder: TimerTarget {
    var fired: [UInt32] = []
    var whenFired: ((UInt32, EventLoop) -> Void)?

    func timerFired(tag: UInt32, loop: EventLoop) {
        fired.append(tag)
        whenFired?(tag, loop)
    }
}

extension TimerWheel {
    /// Advances to `tick`; the tags that fell due.
    func expire(upTo tick: UInt64) -> [UInt32] {
        var tags: [UInt32] = []
        while let expired = popExpired(upTo: tick) { tags.append(expired.tag) }
        return tags
    }
}
