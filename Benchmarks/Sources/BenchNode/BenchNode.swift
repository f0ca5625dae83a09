import Foundation
import HPushConfiguration
import Logging
import Node

/// A node for measuring: the pipeline of the benchmark, or with --scriptless none at all, so that the price of the rules can be seen.
///
///     BenchNode --port N --threads N --plugins DIR [--scriptless] [--set KEY=VALUE]...
@main
struct BenchNode {
    static func main() async {
        let arguments = CommandLine.arguments
        func option(_ name: String) -> String? {
            guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
            return arguments[place + 1]
        }
        let settings = arguments.indices.dropLast().filter { arguments[$0] == "--set" }.map { arguments[$0 + 1] }
        let data = FileManager.default.temporaryDirectory.appending(path: "hpush-bench-\(getpid())").path
        do {
            let configuration = try NodeConfiguration.load(
                file: nil,
                options: [
                    "node.data_dir=\(data)", "store.driver=memory", "chat.host=127.0.0.1", "chat.port=\(option("--port") ?? "0")",
                    "websocket.enabled=false",
                    "chat.threads=\(option("--threads") ?? "1")", "plugins.path=\(option("--plugins") ?? "plugins")",
                    "plugins.pipeline=[rate_limit: {messages_per_second: 1000000, burst: 1000000}, login: {mode: open}, chat_redirect]",
                ] + settings, environment: [:], workingDirectory: FileManager.default.currentDirectoryPath)
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let node = try await Node(
                configuration: configuration, logger: Logger(label: "bench"),
                options: .init(scriptless: arguments.contains("--scriptless")))
            try node.start()
            await node.serve()
            print("listening on \(node.chatAddress.port)")
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch {
            print("BenchNode: \(error)")
            exit(1)
        }
    }
}
