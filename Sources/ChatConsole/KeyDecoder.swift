/// Turns the bytes of a terminal in raw mode into keys: UTF-8, control characters, xterm and VT220 sequences.
public struct KeyDecoder: Sendable {
    private enum State {
        case ground
        case utf8(bytes: [UInt8], missing: Int)
        case escape
        /// After `ESC [` or `ESC O`.
        case sequence(String)
    }

    private var state = State.ground

    public init() {}

    /// What one `read` brought. A character cut in half waits for the next one; a lone ESC at the end is the Escape key and does nothing.
    public mutating func decode(_ bytes: some Sequence<UInt8>) -> [EditorKey] {
        var keys: [EditorKey] = []
        for byte in bytes { take(byte, into: &keys) }
        if case .escape = state { state = .ground }
        return keys
    }

    private mutating func take(_ byte: UInt8, into keys: inout [EditorKey]) {
        switch state {
        case .ground: ground(byte, into: &keys)
        case .utf8(var bytes, let missing):
            guard byte & 0xC0 == 0x80 else {
                state = .ground
                keys.append(.character("\u{FFFD}"))
                return ground(byte, into: &keys)
            }
            bytes.append(byte)
            if missing > 1 {
                state = .utf8(bytes: bytes, missing: missing - 1)
            } else {
                state = .ground
                keys += String(decoding: bytes, as: UTF8.self).unicodeScalars.map { .character($0) }
            }
        case .escape:
            state = .ground
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "O"): state = .sequence("")
            case UInt8(ascii: "b"): keys.append(.wordLeft)
            case UInt8(ascii: "f"): keys.append(.wordRight)
            case 0x7F: keys.append(.killWord)
            default: break
            }
        case .sequence(let parameters):
            // Parameters and intermediates are 0x20...0x3F, the final byte 0x40...0x7E; longer ones are no key.
            if (0x20...0x3F).contains(byte), parameters.utf8.count < 16 {
                state = .sequence(parameters + String(Unicode.Scalar(byte)))
            } else {
                state = .ground
                if let key = Self.key(parameters, final: byte) { keys.append(key) }
            }
        }
    }

    private mutating func ground(_ byte: UInt8, into keys: inout [EditorKey]) {
        switch byte {
        case 0x1B: state = .escape
        case 0x0A, 0x0D: keys.append(.enter)
        case 0x7F, 0x08: keys.append(.backspace)
        case 0x09: keys.append(.character(" "))
        case 0..<0x20: if let key = Self.controls[byte] { keys.append(key) }
        case 0x20..<0x7F: keys.append(.character(Unicode.Scalar(byte)))
        case 0xC2...0xDF: state = .utf8(bytes: [byte], missing: 1)
        case 0xE0...0xEF: state = .utf8(bytes: [byte], missing: 2)
        case 0xF0...0xF4: state = .utf8(bytes: [byte], missing: 3)
        default: keys.append(.character("\u{FFFD}"))
        }
    }

    private static let controls: [UInt8: EditorKey] = [
        0x01: .home, 0x02: .left, 0x03: .interrupt, 0x04: .endOfInput, 0x05: .end, 0x06: .right, 0x0B: .killToEnd,
        0x0C: .clearScreen, 0x0E: .down, 0x10: .up, 0x15: .killToStart, 0x17: .killWord, 0x1A: .suspend,
    ]

    private static func key(_ parameters: String, final: UInt8) -> EditorKey? {
        let hasModifier = parameters.hasPrefix("1;")
        switch (final, parameters) {
        case (UInt8(ascii: "A"), _): return .up
        case (UInt8(ascii: "B"), _): return .down
        case (UInt8(ascii: "C"), _): return hasModifier ? .wordRight : .right
        case (UInt8(ascii: "D"), _): return hasModifier ? .wordLeft : .left
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): return .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): return .end
        case (UInt8(ascii: "~"), "3"): return .delete
        default: return nil
        }
    }
}
