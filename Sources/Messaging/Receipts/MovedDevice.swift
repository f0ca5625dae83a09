/// When a device that came to this node a moment ago may have a message that comes for it: it took it at the node it was at before, and this one has
/// not heard of that yet, since it does not hear that node at present.
///
/// All times in milliseconds.
public enum MovedDevice {
    /// For so long after its login a session is one of a device that may have moved. No longer than nodes keep what they could not tell each other, so
    /// that a message is held back for a while and not for ever: what is in doubt after that is delivered.
    public static let fresh: UInt64 = 30_000
    /// What a session sends for so long after its login may be what an earlier one sent by way of another node.
    public static let newcomer: UInt64 = 60_000
    /// A node may notice late that a session is over, and the device may be quicker.
    static let slack: UInt64 = 1000

    /// - Parameters:
    ///   - age: of the session the message is for.
    ///   - silence: for how long something that another node said may not have come; nil: all of it has.
    public static func mayHaveIt(age: UInt64, silence: UInt64?) -> Bool {
        guard age < fresh, let silence else { return false }
        return age <= silence + slack
    }

    /// The age of a session; 0 where the clock was set back.
    public static func age(since: UInt64, now: UInt64) -> UInt64 { now > since ? now - since : 0 }
}
