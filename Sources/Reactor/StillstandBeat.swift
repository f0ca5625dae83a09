/// Has a loop tick now and then, so that a long time between two ticks is one in which it was not run.
final class StillstandBeat: TimerTarget {
    let interval: Int

    init(every milliseconds: Int) { interval = milliseconds }

    func timerFired(tag: UInt32, loop: EventLoop) { _ = loop.scheduleTimer(afterMilliseconds: interval, self) }
}
