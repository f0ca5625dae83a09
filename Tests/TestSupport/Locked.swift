import Dispatch

/// A value that a test shares with other threads.
public final class Locked<Value>: @unchecked Sendable {
    private let lock = DispatchSemaphore(value: 1)
    private var stored: Value

    public init(_ value: Value) { stored = value }

    public var value: Value {
        get {
            lock.wait()
            defer { lock.signal() }
            return stored
        }
        set {
            lock.wait()
            stored = newValue
            lock.signal()
        }
    }

    public func change(_ body: (inout Value) -> Void) {
        lock.wait()
        body(&stored)
        lock.signal()
    }
}
