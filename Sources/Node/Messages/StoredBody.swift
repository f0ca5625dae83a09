import CWire

/// What is stored of a message: its MESSAGE_REQUEST, and the fields that came around it.
///
/// What came around it (the sequence, most often nothing else) stands before it, as a field whose number protobuf keeps for itself. What was
/// stored by nodes that did not keep it is the MESSAGE_REQUEST alone, as it is where nothing came around it.
struct StoredBody {
    /// The fields of `Message` but type and messageRequest, as they came.
    var rest: ArraySlice<UInt8>
    var request: ArraySlice<UInt8>

    /// The tag of field 19999 with a length.
    private static let mark: [UInt8] = [0xfa, 0xe1, 0x09]

    init(rest: ArraySlice<UInt8>, request: ArraySlice<UInt8>) {
        self.rest = rest
        self.request = request
    }

    /// - Parameter bytes: what was stored.
    init(_ bytes: [UInt8]) {
        rest = []
        request = bytes[...]
        guard bytes.starts(with: Self.mark) else { return }
        var position = Self.mark.count
        guard let length = Varint.read(bytes, &position), length <= bytes.count - position else { return }
        let end = position + Int(length)
        rest = bytes[position..<end]
        request = bytes[end...]
    }

    /// What is to be stored.
    var bytes: [UInt8] {
        // A message that begins like the mark is told from it by a mark of its own.
        if rest.isEmpty, !request.starts(with: Self.mark) { return Array(request) }
        var bytes = Self.mark
        Varint.append(UInt64(rest.count), to: &bytes)
        return bytes + rest + request
    }

    /// The fields of a `Message` but type and messageRequest; none where it has one of the old groups.
    static func rest(of message: UnsafeRawBufferPointer) -> [UInt8] {
        var rest: [UInt8] = []
        var position = 0
        while position < message.count {
            let start = position
            guard let tag = Varint.read(message, &position) else { return [] }
            switch tag & 7 {
            case 0: guard Varint.read(message, &position) != nil else { return [] }
            case 1: position += 8
            case 2:
                guard let length = Varint.read(message, &position), length <= message.count - position else { return [] }
                position += Int(length)
            case 5: position += 4
            default: return []
            }
            guard position <= message.count else { return [] }
            if tag >> 3 != 1, tag >> 3 != 6 { rest += message[start..<position] }
        }
        return rest
    }
}
