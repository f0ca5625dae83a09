import Dispatch
import Glibc

/// A value that test and loop share.
final class Locked<Value>: @unchecked Sendable {
    private let lock = DispatchSemaphore(value: 1)
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value {
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

    func change(_ body: (inout Value) -> Void) {
        lock.wait()
        body(&stored)
        lock.signal()
    }
}
