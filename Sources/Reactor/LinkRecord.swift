/// One record as the receiving loop sees it. What the numbers mean is the owner's business.
public struct LinkRecord {
    public let a: UInt64
    public let b: UInt64
    public let kind: UInt32
    /// Valid during the call only.
    public let payload: UnsafeRawBufferPointer
}
