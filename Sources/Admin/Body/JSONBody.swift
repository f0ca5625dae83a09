import Foundation
import HTTPListener
import Hummingbird

/// A request's body, an object whose properties are taken one by one. What is wrong with one is told by its name.
struct JSONBody {
    private var properties: [String: JSONValue]

    /// - Parameter most: bytes.
    init(_ request: Request, upTo most: Int) async throws(HTTPFailure) { try self.init(await request.wholeBody(upTo: most)) }

    init(_ data: Data) throws(HTTPFailure) {
        let value: JSONValue
        do { value = try JSONDecoder().decode(JSONValue.self, from: data) } catch {
            throw .badRequest("the body is no JSON")
        }
        guard case .object(let properties) = value else { throw .badRequest("the body is \(value.kind), not an object") }
        self.properties = properties
    }

    mutating func text(_ name: String) throws(HTTPFailure) -> String {
        guard let text = try optionalText(name) else { throw .badRequest("\(name) is missing") }
        return text
    }

    mutating func optionalText(_ name: String) throws(HTTPFailure) -> String? {
        switch take(name) {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw .badRequest("\(name) is a string, not \(other.kind)")
        }
    }

    /// Not negative. As a string, too: JavaScript has no whole numbers beyond 2^53.
    mutating func optionalNumber(_ name: String) throws(HTTPFailure) -> UInt64? {
        switch take(name) {
        case nil: return nil
        case .unsigned(let number): return number
        case .string(let text):
            guard let number = UInt64(text) else { throw .badRequest("\(name) is a whole number from 0, not a string of others") }
            return number
        case let other?: throw .badRequest("\(name) is a whole number from 0, not \(other.kind)")
        }
    }

    mutating func flag(_ name: String) throws(HTTPFailure) -> Bool {
        switch take(name) {
        case nil: return false
        case .bool(let flag): return flag
        case let other?: throw .badRequest("\(name) is true or false, not \(other.kind)")
        }
    }

    /// A value as JSON text; a string is taken to be that text already.
    mutating func json(_ name: String) throws(HTTPFailure) -> String {
        guard let value = take(name) else { throw .badRequest("\(name) is missing") }
        if case .string(let text) = value {
            guard (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) != nil else {
                throw .badRequest("\(name) is a string, but the text in it is no JSON")
            }
            return text
        }
        do { return String(decoding: try JSONStyle.asTheyAre.encode(value), as: UTF8.self) } catch {
            throw .badRequest("\(name) can't be written as JSON")
        }
    }

    /// - Throws: 400 that names a property nobody has taken: more likely misspelt than meant.
    func nothingElse() throws(HTTPFailure) {
        guard let name = properties.keys.min() else { return }
        throw .badRequest("there is no property '\(name.prefix(64))' here")
    }

    /// null is as good as nothing.
    private mutating func take(_ name: String) -> JSONValue? {
        guard let value = properties.removeValue(forKey: name) else { return nil }
        if case .null = value { return nil }
        return value
    }
}
