import ArgumentParser
import Foundation
import Node

/// `hpush status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "How the running node is.")

    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func run() async throws {
        let (status, bytes) = try await admin.client().get("/v1/status", as: NodeStatus.self)
        guard !json else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        var table = TextTable([.left, .left])
        table.add([
            "node", "\(status.name), \(status.state.rawValue), up \(Amount.duration(status.uptimeSeconds)), hpush \(status.version)",
        ])
        for listener in status.listeners { table.add([listener.name, listener.address]) }
        table.add(["sessions", "\(Amount.count(status.sessions)) of \(Amount.count(status.users)) users"])
        table.add(["connections", Amount.count(status.connections)])
        table.add([
            "messages",
            "\(Amount.count(status.messagesReceived)) received, \(Amount.count(status.messagesDelivered)) delivered, "
                + "\(Amount.count(status.messagesRefused)) refused",
        ])
        table.add(["loops", "\(status.loops)"])
        table.add(["plugins", "generation \(status.generation)"])
        table.add(["memory", Amount.bytes(status.residentBytes)])
        for line in table.lines { print(line) }
    }
}
