import Reactor

/// One timer that calls a closure; loop-only. Setting it again moves it.
final class LoopTimer: TimerTarget {
    private let loop: EventLoop
    private var id = TimerID.none
    private var action: (() -> Void)?

    init(_ loop: EventLoop) { self.loop = loop }

    var isSet: Bool { action != nil }

    func set(afterMilliseconds delay: Int, _ action: @escaping () -> Void) {
        loop.cancelTimer(id)
        self.action = action
        id = loop.scheduleTimer(afterMilliseconds: delay, self)
    }

    func cancel() {
        loop.cancelTimer(id)
        action = nil
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        let action = self.action
        self.action = nil
        action?()
    }
}
