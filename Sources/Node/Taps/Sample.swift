/// Whose messages are taken: those of one user, or of a share of the users, always the same ones.
public struct Sample: Sendable, Equatable {
    /// nil: a share of all.
    public var user: String?
    /// One user in so many; 1 is all.
    public var oneIn: UInt64

    private let seed = UInt64.random(in: .min ... .max)

    public init(user: String? = nil, oneIn: UInt64 = 1) {
        self.user = user
        self.oneIn = max(oneIn, 1)
    }

    public static func == (left: Sample, right: Sample) -> Bool { left.user == right.user && left.oneIn == right.oneIn }

    func contains(_ uid: UnsafeRawBufferPointer) -> Bool {
        if let user { return uid.elementsEqual(user.utf8) }
        if oneIn == 1 { return true }
        // FNV-1a, and a mix of its bits: the last ones of similar names alone would be alike.
        var hash = seed ^ 0xcbf2_9ce4_8422_2325
        for byte in uid { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 32) &* 0x9e37_79b9_7f4a_7c15
        return (hash ^ hash >> 29) % oneIn == 0
    }
}
