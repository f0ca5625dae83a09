import Foundation
import Yams

/// docs/openapi.yaml, as far as tests ask it.
public struct OpenAPIDocument {
    private let root: [String: Any]

    public init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/openapi.yaml")
        root = try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any] ?? [:]
    }

    /// "GET /v1/sessions/*" of each operation with a tag, sorted.
    public func routes(tagged tag: String) -> [String] {
        operations.filter { ($0.operation["tags"] as? [String] ?? []).contains(tag) }.map {
            let path = $0.path.replacing(/\{[^}]*\}/, with: "*")
            return "\($0.method.uppercased()) \(path)"
        }.sorted()
    }

    /// What is missing that a reader of the document needs: summaries, success answers, parameters of paths.
    public var gaps: [String] {
        operations.flatMap { path, method, operation -> [String] in
            let name = "\(method) \(path)"
            var gaps: [String] = []
            if (operation["summary"] as? String ?? "").isEmpty { gaps.append("\(name) has no summary") }
            let answers = (operation["responses"] as? [String: Any] ?? [:]).keys
            if !answers.contains(where: { $0.hasPrefix("2") }) { gaps.append("\(name) has no answer of success") }
            let declared = (operation["parameters"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            for match in path.matches(of: /\{([^}]*)\}/) where !declared.contains(String(match.1)) {
                gaps.append("\(name) does not describe \(match.1)")
            }
            return gaps
        }
    }

    private var operations: [(path: String, method: String, operation: [String: Any])] {
        (root["paths"] as? [String: [String: Any]] ?? [:]).flatMap { path, methods in
            methods.compactMap { method, operation in (operation as? [String: Any]).map { (path, method, $0) } }
        }
    }
}
