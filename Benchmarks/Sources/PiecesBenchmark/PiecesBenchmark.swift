import Foundation

/// Measures the pieces of the data path one by one and prints a row for each.
@main
struct PiecesBenchmark {
    static func main() {
        do {
            let options = try PiecesOptions(Array(CommandLine.arguments.dropFirst()))
            try AllocationCount.check()
            let thresholds = try options.check.map { try Thresholds(path: $0) }
            let rows = try measure(options)
            print(ResultTable(rows).text)
            if let path = options.json { try JSONEncoder().encode(rows).write(to: URL(fileURLWithPath: path)) }
            let misses = thresholds?.misses(in: rows) ?? []
            for miss in misses { print("miss: \(miss)") }
            exit(misses.isEmpty ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("PiecesBenchmark: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func measure(_ options: PiecesOptions) throws -> [Row] {
        let groups: [(name: String, run: () throws -> [Row])] = [
            // First, while the heap has no free room that it could use unseen.
            ("sessions", { try SessionsPiece.run(count: options.quick ? 100_000 : 1_000_000) }),
            ("scanner", ScannerPiece.run),
            ("frame read", FrameReadPiece.run),
            ("rewrite", RewritePiece.run),
            ("chain", { try ChainPiece.run(plugins: options.plugins) }),
            ("wait", { try WaitPiece.run(suspended: options.quick ? 20_000 : 100_000) }),
            ("route", { try RoutePiece.run(users: options.quick ? 100_000 : 1_000_000) }),
            ("remote route", { try RemoteRoutePiece.run(users: 100_000) }),
            ("link", LinkPiece.run),
        ]
        return try groups.filter { options.only == nil || $0.name == options.only }.flatMap { try $0.run() }
    }
}
