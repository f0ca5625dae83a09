import ArgumentParser
import Foundation
import Node

/// `hpush plugin list`
struct PluginListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The running node's plugins, in pipeline order, with their handlers' numbers.")

    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func run() async throws {
        let (listing, bytes) = try await admin.client().get("/v1/plugins", as: PluginListing.self)
        guard !json else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        let since = Date(timeIntervalSince1970: listing.since).formatted(.iso8601)
        let rules = listing.rulesOf == listing.generation ? "" : " (rules of generation \(listing.rulesOf))"
        print("generation \(listing.generation)\(rules), in force since \(since)")
        if let bundle = listing.pushed { print("pushed rules, bundle \(bundle.prefix(12)); plugins.path is not read") }
        if listing.filesDiffer { print("the files differ from what runs: a reload or a restart would load them") }
        for old in listing.finishing where old.handlers > 0 {
            print(
                "generation \(old.generation): \(old.handlers == 1 ? "1 handler" : "\(Amount.count(old.handlers)) handlers") not done yet")
        }
        for plugin in listing.plugins { GuardReport.lines(plugin.guards).forEach { print("\(plugin.name): \($0)") } }
        var table = TextTable([.left, .left, .right, .right, .right, .right, .right, .right])
        table.add(["plugin", "version, needs / handler", "calls", "errors", "stopped", "p50", "p99", "memory a call"])
        for plugin in listing.plugins {
            let needs = plugin.needs.isEmpty ? "" : ", needs \(plugin.needs.joined(separator: " "))"
            table.add([plugin.name, (plugin.version ?? "-") + needs])
            for handler in plugin.handlers {
                table.add([
                    "", handler.name, Amount.count(handler.calls), Amount.count(handler.errors), Amount.count(handler.budgetKills),
                    Amount.time(microseconds: handler.p50Microseconds), Amount.time(microseconds: handler.p99Microseconds),
                    handler.calls == 0 ? "-" : Amount.bytes(handler.allocatedBytes / handler.calls),
                ])
            }
        }
        for line in table.lines { print(line) }
    }
}
