import Foundation

/// How a listener writes the names of properties.
public enum JSONStyle: Sendable {
    case asTheyAre
    case snakeCase

    public func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        if self == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
