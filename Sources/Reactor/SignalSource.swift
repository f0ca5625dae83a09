import CReactor
import Synchronization

/// Delivers signals as calls on a loop. One a process at a time.
public final class SignalSource: EventSource {
    private static let inUse = Atomic<Bool>(false)

    private unowned let loop: EventLoop
    private let pipe: Int32
    private let numbers: [Int32]
    private let handle: (Int32) -> Void
    private var open = true

    /// Catches `numbers` (`SIGTERM` ...) from now on and calls `handle` on `loop` for each. Loop-only.
    ///
    /// - Throws: `ReactorError` when there is another source, or a signal cannot be caught.
    public init(on loop: EventLoop, _ numbers: [Int32], handle: @escaping (Int32) -> Void) throws {
        guard !Self.inUse.exchange(true, ordering: .acquiringAndReleasing) else {
            throw ReactorError("catch signals twice", code: 16)
        }
        self.loop = loop
        self.numbers = numbers
        self.handle = handle
        pipe = creactor_signal_pipe()
        super.init()
        if pipe < 0 { throw failed("make the signal pipe", pipe) }
        do { try loop.add(self, pipe, CREACTOR_READABLE) } catch {
            Self.inUse.store(false, ordering: .releasing)
            throw error
        }
        for number in numbers {
            let result = creactor_signal_catch(number)
            if result < 0 {
                loop.remove(self, pipe)
                throw failed("catch signal \(number)", result)
            }
        }
    }

    /// Gives the signals their default actions back. Loop-only.
    public func close() {
        guard open else { return }
        open = false
        for number in numbers { _ = creactor_signal_release(number) }
        loop.remove(self, pipe)
        Self.inUse.store(false, ordering: .releasing)
    }

    override func ready(_ events: UInt32) {
        while open {
            let number = creactor_signal_next(pipe)
            if number == 0 { return }
            handle(number)
        }
    }

    override func loopStopping() { close() }

    private func failed(_ operation: String, _ code: Int32) -> ReactorError {
        Self.inUse.store(false, ordering: .releasing)
        return ReactorError(operation, code: code)
    }
}
