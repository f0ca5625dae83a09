/// Takes the records of a `LoopLink`, on the receiving loop.
public protocol LoopLinkDelegate: AnyObject {
    /// Called for each record, in the order of `LoopLink.send`.
    func received(_ record: LinkRecord, from link: LoopLink)
}
