import Foundation

/// What a row may be at most. Allocations and bytes are the same everywhere and are bounded closely; nanoseconds depend on the machine and are
/// bounded so widely that only a blunder passes them.
struct Thresholds {
    struct Bound: Codable {
        var nanoseconds: Double?
        var allocations: Double?
        var bytes: Double?
    }

    private let bounds: [String: Bound]

    /// - Throws: an error whose description names the file.
    init(path: String) throws {
        do {
            bounds = try JSONDecoder().decode([String: Bound].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw PiecesOptions.Failure(description: "\(path): no file of thresholds: \(error)")
        }
    }

    /// A line for each row that is beyond its bound, or has none.
    func misses(in rows: [Row]) -> [String] {
        rows.flatMap { row -> [String] in
            guard let bound = bounds[row.name] else { return ["\(row.name): no threshold"] }
            return [
                miss(row.name, "ns", row.nanoseconds, bound.nanoseconds),
                miss(row.name, "allocations", row.allocations, bound.allocations),
                miss(row.name, "bytes", row.bytes, bound.bytes),
            ].compactMap { $0 }
        }
    }

    private func miss(_ name: String, _ what: String, _ value: Double?, _ most: Double?) -> String? {
        guard let value, let most, value > most else { return nil }
        return "\(name): \(String(format: "%.2f", value)) \(what), at most \(String(format: "%g", most))"
    }
}
