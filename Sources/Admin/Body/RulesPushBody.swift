import Foundation
import HTTPListener
import Node

/// The body of `POST /v1/plugins/push`: one of `files` (text by path), `before` and `own_files`.
public struct RulesPushBody: Codable, Sendable {
    var files: [String: String]?
    var before: Bool?
    var ownFiles: Bool?

    // Written out: paths are keys, too, and nobody's style is to change them.
    enum CodingKeys: String, CodingKey {
        case files, before
        case ownFiles = "own_files"
    }

    public init(_ push: RulesPush) {
        switch push {
        case .bundle(let bundle): files = bundle.files
        case .before: before = true
        case .ownFiles: ownFiles = true
        }
    }

    public func encoded() throws -> Data { try JSONEncoder().encode(self) }

    static func read(_ data: Data) throws(HTTPFailure) -> RulesPush {
        let expected = "expected an object with files (text by path), or before: true, or own_files: true"
        let body: RulesPushBody
        do { body = try JSONDecoder().decode(RulesPushBody.self, from: data) } catch { throw .badRequest(expected) }
        switch (body.files, body.before ?? false, body.ownFiles ?? false) {
        case (let files?, false, false):
            do { return .bundle(try RulesBundle(files: files)) } catch { throw .badRequest("\(error)") }
        case (nil, true, false): return .before
        case (nil, false, true): return .ownFiles
        default: throw .badRequest(expected)
        }
    }
}
