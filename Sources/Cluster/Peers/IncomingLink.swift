/// What a connection to the peer port is: somebody who has not proved itself, or a node's stream of records.
final class IncomingLink {
    var machine: AcceptMachine
    var node = NodeID.none
    var stream: UInt64 = 0
    /// Told to the other side.
    var acknowledged: UInt64 = 0
    /// When it was noted last that the node is heard, in milliseconds.
    var heard: UInt64 = 0
    /// In the list of those that are acknowledged at the tick's end.
    var isTouched = false

    init(machine: AcceptMachine) { self.machine = machine }
}
