/// What became of a message at one device.
public enum DeliveryOutcome: UInt8, Sendable {
    /// It acknowledged the message, or (without ACKS) the kernel took all of its bytes.
    case taken
    /// A rule kept it from this device: handled, as a rule that stops a message for everybody handles it.
    case kept
    /// The device closed, or could not take it.
    case refused
}
