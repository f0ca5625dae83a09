/// Something that acts once at each tick's end, before output is flushed. For batches that a tick filled.
public protocol TickObserver: AnyObject {
    /// Called on the loop; keep it cheap when there is nothing to do.
    func tickEnded(_ loop: EventLoop)
}
