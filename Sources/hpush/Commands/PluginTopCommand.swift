import Admin
import ArgumentParser
import Foundation
import Node

/// `hpush plugin top`
struct PluginTopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "What the running node's plugins do, once a second.",
        discussion: "Ctrl-C ends it. Into a pipe, or with --once, it is one table, of one second.")

    @OptionGroup var admin: AdminOptions
    @Flag(help: "One table, and no more.") var once = false
    @Flag(help: "As JSON, a line a second.") var json = false

    func run() async throws {
        let isLive = !once && isatty(STDOUT_FILENO) == 1
        let client = try admin.client()
        let clock = ContinuousClock()
        var before = try await client.get("/v1/plugins", as: PluginListing.self).answer
        var looked = clock.now
        repeat {
            try await Task.sleep(for: .seconds(1))
            let now = try await client.get("/v1/plugins", as: PluginListing.self).answer
            let time = clock.now
            let rates = PluginRates(from: before, to: now, seconds: (time - looked) / .seconds(1))
            if json {
                Output.line(String(decoding: try AdminJSON.encode(rates), as: UTF8.self))
            } else if isLive {
                Output.screen(RateReport.lines(rates))
            } else {
                RateReport.lines(rates).forEach { Output.line($0) }
            }
            before = now
            looked = time
        } while isLive
    }
}
