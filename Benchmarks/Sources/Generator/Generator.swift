import Foundation
import Reactor

/// A small load generator: pairs of users who talk to each other, so many messages in flight each, order and content checked. It takes the
/// options of a larger one that `make bench` prefers, as far as it knows them, and prints a line of JSON with the same names.
///
///     Generator --port N [--host A] [--conns N] [--window N] [--size BYTES] [--duration S] [--warmup S] [--pid SERVER[,SERVER]]
///         [--label TEXT] [--crossing half] [--second-port N]
///         [--transport tcp|tls|websocket|wss] [--ca FILE]
@main
struct Generator {
    static func main() {
        do {
            let options = try GeneratorOptions(Array(CommandLine.arguments.dropFirst()))
            let result = try LoadRun(options).run()
            print(result.json)
            exit(result.isGood ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("Generator: \(error)\n".utf8))
            exit(2)
        }
    }
}
