import Messaging

/// What goes with a frame on its way to a session, beside its bytes. Only the slow ways need it.
struct Passage {
    /// Who pauses while the recipient is full; 0: nobody.
    var sender: SessionHandle
    /// It goes to nobody else, so a refusal concerns the sender. nil: not known yet.
    var isSole: Bool?
    /// The chain that sends it, if notes are taken of it.
    var note: ChainNote?
    /// Its message, if the sender waits for a receipt.
    var message: TrackedMessage?
    /// Its number, if it is stored: devices' progress is told to the store. 0: it is not, or not looked at yet.
    var storedID: UInt64 = 0
}
