/// Numbers for this client's messages and requests.
///
/// Message numbers must not repeat for a user's device within 24 hours, across runs too (the node takes a repeated one for a resend).
/// So they start at the time in microseconds: two runs cannot meet unless one sends over a million messages a second.
struct MessageNumbers {
    private var sequence: UInt64 = 0
    private var message: UInt64

    init(microsecondsSince1970: UInt64) {
        message = microsecondsSince1970
    }

    /// 1, 2, 3 ...
    mutating func nextSequence() -> UInt64 {
        sequence += 1
        return sequence
    }

    mutating func nextMessageID() -> UInt64 {
        message += 1
        return message
    }
}
