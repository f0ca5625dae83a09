import Admin
import ArgumentParser
import Foundation
import Node

/// `hpush plugin push`
struct PluginPushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Have all nodes of the cluster run the plugins in a folder.",
        discussion: """
            The node that is asked runs them first: what does not load there goes nowhere, and the line says plugin, file, line and reason. Then \
            all other nodes take them; a node where they do not load keeps what it has. Fails unless they run everywhere. They stay in force, \
            also after a restart, until something else is pushed; settings and the pipeline's order are each node's own configuration.
            A node that stands alone takes them for itself.
            """)

    @Argument(help: "The folder of plugins; the configuration's plugins.path unless told.", completion: .directory)
    var folder: String?

    @Flag(name: .customLong("before"), help: "Go back to what was pushed before.") var isBack = false
    @Flag(name: .customLong("own-files"), help: "Back to what lies at each node's own plugins.path.") var isOwn = false
    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func validate() throws {
        guard [folder != nil, isBack, isOwn].filter(\.self).count <= 1 else {
            throw ValidationError("expected a folder, or --before, or --own-files: one of them")
        }
    }

    func run() async throws {
        let (answer, bytes) = try await admin.client().post(
            "/v1/plugins/push", RulesPushBody(push()).encoded(), as: RulesPushAnswer.self, seconds: 300)
        if json {
            print(String(decoding: bytes, as: UTF8.self), terminator: "")
        } else {
            ReloadReport.lines(answer.reload).forEach { print($0) }
            for node in answer.nodes {
                let stand = node.error.map { "NOT these rules: \($0)" } ?? "generation \(node.generation ?? 0)"
                print("node \(node.id) (\(node.name)): \(stand)")
            }
        }
        let missing = answer.nodes.filter { $0.error != nil }
        guard missing.isEmpty else {
            throw CommandError(
                "\(missing.count) of \(answer.nodes.count) nodes do not run these rules; --before takes them back everywhere")
        }
    }

    private func push() throws -> RulesPush {
        if isBack { return .before }
        if isOwn { return .ownFiles }
        let folder = try folder ?? admin.options.load().plugins.path
        do { return .bundle(try RulesBundle(folder: folder)) } catch { throw CommandError("\(error)") }
    }
}
