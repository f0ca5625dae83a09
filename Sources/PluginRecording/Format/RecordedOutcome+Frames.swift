import PluginHost

extension RecordedOutcome {
    /// The node's own numbers of messages.
    private static let nodeFields: Set = ["server_id", "conversation_seq"]

    /// Notes a frame (head and body) that was written to a session. What changes from run to run, the ids and times that the node itself sets,
    /// is left out.
    ///
    /// - Parameter input: the frame that the chain ran for.
    public mutating func add(_ frame: [UInt8], to session: UInt64, uid: String, input: [UInt8]) {
        guard let read = FrameFields.read(frame) else { return }
        let type = FrameFields.typeName(read.type)
        func field(_ name: String) -> LuaValue? { read.fields.first { $0.key.text == name }?.value }
        if type == "message_notification" {
            notifications.append(Notice(session: session, uid: uid, text: field("json")?.text ?? ""))
            return
        }
        let original = FrameFields.read(input)
        let isSame = original?.type == read.type
        let fields = read.fields.filter { entry in
            if type == "message_request", let name = entry.key.text, Self.nodeFields.contains(name) { return false }
            if isSame, let before = original?.fields.first(where: { $0.key == entry.key }) { return before.value != entry.value }
            return !entry.value.isDefault
        }
        deliveries.append(Delivery(session: session, uid: uid, type: type, fields: fields))
    }
}

extension LuaValue {
    /// What a field is that is not there.
    fileprivate var isDefault: Bool { self == .integer(0) || self == .bool(false) || self == .string([]) }
}
