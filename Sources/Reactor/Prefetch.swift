import CReactor

/// Has the processor fetch the first 192 bytes of what is looked at soon. Any address will do, also one where nothing is any more.
@inlinable
public func prefetch(_ address: UnsafeRawPointer?) {
    if let address { creactor_prefetch(UInt64(UInt(bitPattern: address))) }
}
