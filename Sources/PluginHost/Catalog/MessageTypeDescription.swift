import CWire

/// A head type and the fields that msg has with it, from the tables of the wire protocol.
public struct MessageTypeDescription: Sendable, Hashable {
    /// As handlers are named: "message_request".
    public let name: String
    /// As the wire protocol names it: "MESSAGE_REQUEST".
    public var wireName: String { name.uppercased() }
    /// "hpush.MessageRequest"
    public let className: String
    public let fields: [LuaMember]
    /// Whether clients send it, so that an inbound handler makes sense.
    public let isFromClients: Bool
    /// Whether the node sends it to sessions through the outbound handlers.
    public let isToClients: Bool

    /// All types, in the order of their numbers.
    public static let all: [MessageTypeDescription] =
        (Array(0...UInt32(HP_SYNC_RESPONSE.rawValue))
        + [UInt32(HP_CUSTOM_REQUEST.rawValue), UInt32(HP_CUSTOM_RESPONSE.rawValue)]).compactMap(Self.init)

    /// The core answers it itself: no handler sees it.
    private static let silent: Set = [UInt32(HP_HEART_BEAT.rawValue)]

    private static let fromClients: Set = [
        UInt32(HP_LOGIN_REQUEST.rawValue), UInt32(HP_LOGOUT_REQUEST.rawValue), UInt32(HP_MESSAGE_REQUEST.rawValue),
        UInt32(HP_MESSAGE_ACK.rawValue), UInt32(HP_SYNC_REQUEST.rawValue), UInt32(HP_CUSTOM_REQUEST.rawValue),
    ]

    private init?(_ type: UInt32) {
        guard let text = hp_type_name(type) else { return nil }
        let name = String(cString: text)
        self.name = name
        className = "hpush." + name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        isFromClients = Self.fromClients.contains(type)
        isToClients = type == UInt32(HP_MESSAGE_REQUEST.rawValue) || !isFromClients && !Self.silent.contains(type)
        var count = 0
        let table = hp_fields(type, &count)
        fields = (0..<count).compactMap { place in
            guard let field = table?[place], let type = Self.type(of: field.kind) else { return nil }
            let fieldName = String(cString: field.name)
            return LuaMember(fieldName, type, MessageFieldDocumentation.of["\(name).\(fieldName)"] ?? "")
        }
    }

    /// nil: scripts can't read it.
    private static func type(of kind: hp_field_kind) -> String? {
        switch kind {
        case HP_STRING, HP_BYTES: "string"
        case HP_BOOL: "boolean"
        case HP_UINT32, HP_UINT64: "integer"
        case HP_REPEATED_UINT64: "integer[]"
        default: nil
        }
    }
}
