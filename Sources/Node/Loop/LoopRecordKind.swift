/// Records between loops (`LoopLink`): what `a`, `b` and the payload are.
enum LoopRecordKind: UInt32 {
    /// a: recipient's handle; b: sender's handle, or 0, and `soleRecipient`; payload: the frame.
    case deliver = 1
    /// a: sender's handle: stop reading from it, its recipient is full.
    case pause
    /// a: sender's handle: go on.
    case resume
    /// a: sender's handle; b: code; payload: sequence and msg_id of the refused request.
    case refused
    /// a: handle of a session to be closed; b: a `ChatCloseReason`; payload: the text for the client.
    case close
    /// payload: a frame for every session of the loop.
    case broadcast

    /// As `deliver`, with what goes along (`Passage`): payload: a retained `ChainNote` or 0, server_id or 0, a `DeliveryOrigin`, bits (1: a retry,
    /// 2: under way, 4: doubtful, 8: refugee, 16: alone), the two halves of a `MessageName` or 0, then the frame.
    case deliverAlong
    /// a: server_id of a message whose tracker is on the receiving loop; b: a `DeliveryOutcome`; payload: the server_id under
    /// which a device has it, 0 if it is that one.
    case outcome
    /// a: a session that waits for the receipt of a message that another session sent before it; payload: ticket, server_id, code, the text.
    case receipt
    /// a: handle of a session for which something lies in the store that will not come live; 0: all sessions of the loop are to look.
    case readStore

    /// For another node's link: a: number; b: node, kind and flags of a `PeerRecord`; payload: key length u16, key, payload.
    case forward
    /// a: recipient's handle; b: the node it comes from and flags; payload: the sender's handle there, then the frame.
    case deliverFromPeer

    /// In b of `deliver`: the message goes to nobody else, so a refusal concerns the sender.
    static let soleRecipient: UInt64 = 1 << 63
}
