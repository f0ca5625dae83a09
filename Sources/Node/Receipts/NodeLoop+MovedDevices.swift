import Cluster
import Messaging
import Reactor

// Devices that move between nodes: what they took at one node they are not to get again at another.
//
// A sender that was not told (its node's links stood still, or its own connection was lost) sends a message again, perhaps by way of another node, and
// the device may be at another one by then. The node where it took the message is the only one that is sure to know. So when a session ends, its
// node tells all others what its device took of late, and each looks there before it gives a message to that device. Where a node cannot have
// heard of it yet, a message that may have come before is refused for a time: its sender tries again.
extension NodeLoop {
    enum Whereabouts {
        /// The device does not have it, as far as anybody could say.
        case notHere
        /// It has it: who waits for it is told.
        case here
        /// Not to be known at present.
        case unknown
    }

    /// A session is over: other nodes learn what its device took here.
    func tellWhatItTook(_ session: Session) {
        guard let cluster, let receipts = session.receipts else { return }
        guard let payload = receipts.taken.payload(of: session.deviceBytes, now: rememberedNow) else { return }
        payload.withUnsafeBytes { payload in
            let record = PeerRecord(.deviceTook, key: session.uidBytes, payload: payload)
            for node in otherNodes(cluster) { _ = forward(record, to: node) }
        }
    }

    /// Another node tells it.
    func deviceTook(_ record: PeerRecord) {
        TakenMessages.read(record.payload) { device, name, serverID in
            shared.delivered.tookElsewhere(name, record.key, device: device, serverID, now: rememberedNow)
        }
    }

    /// Notes whether a message may have been sent before by way of another node.
    func doubt(_ message: inout TrackedMessage, _ session: Session, _ cluster: NodeCluster) {
        let age = MovedDevice.age(since: session.since, now: WallClock.milliseconds)
        guard age < MovedDevice.newcomer else { return }
        message.isDoubtful = true
        if let absent = cluster.heard.silence(now: loop.now / 1_000_000).absent { message.isRefugee = age <= absent }
    }

    /// Whether the session's device has the message already.
    func whereabouts(of message: TrackedMessage, _ session: Session) -> Whereabouts {
        guard let cluster, let name = message.name else { return .notHere }
        if let first = shared.delivered.takenElsewhere(name, session.uidBytes, device: session.deviceBytes) {
            statistics.resends &+= 1
            tell(message.origin, message.serverID, .taken, as: first == message.serverID ? 0 : first)
            return .here
        }
        let age = MovedDevice.age(since: session.since, now: WallClock.milliseconds)
        // Where others get it, too, its sender is told of them and does not try again: rather twice than not at all.
        guard age < MovedDevice.fresh, message.isAlone else { return .notHere }
        let silence = cluster.heard.silence(now: loop.now / 1_000_000)
        if MovedDevice.mayHaveIt(age: age, silence: silence.present), mayHaveCome(message, cluster) { return .unknown }
        // Who is not registered is mostly dead: only what may be sent again is held back for it, and not all that newcomers send.
        if MovedDevice.mayHaveIt(age: age, silence: silence.absent), message.isRetry || message.isRefugee { return .unknown }
        return .notHere
    }

    /// Whether a message may have been given to a device at another node before: it is sent again, its sender has just come from elsewhere, or it
    /// was held up on its way here.
    private func mayHaveCome(_ message: TrackedMessage, _ cluster: NodeCluster) -> Bool {
        if message.isRetry || message.isDoubtful { return true }
        return !message.origin.isLoop && cluster.heard.isLate(message.origin.node, now: loop.now / 1_000_000)
    }
}
