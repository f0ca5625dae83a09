/// Whom a timer tells. The wheel holds it strongly until the timer fires or is cancelled.
public protocol TimerTarget: AnyObject {
    /// The timer is over; its id is void. Called on the loop, never early, at most one wheel tick (8.4 ms) and one loop tick late.
    func timerFired(tag: UInt32, loop: EventLoop)
}
