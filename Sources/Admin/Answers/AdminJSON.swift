import Foundation
import HTTPListener

/// How the admin API writes its types: property names in snake_case, no escaped slashes. `hpush status` reads the same.
public enum AdminJSON {
    public static func encode(_ value: some Encodable) throws -> Data { try JSONStyle.snakeCase.encode(value) }

    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }
}
