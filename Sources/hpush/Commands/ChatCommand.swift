import ArgumentParser
import ChatClient
import ChatConsole
import Foundation

/// `hpush chat`
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Chat from a terminal or a pipe.",
        discussion: """
            Commands: \(ConsoleCommand.overview.map { "\n  \($0)" }.joined())

            From a pipe: each incoming message is a line `USER: TEXT` on standard output, all else goes to standard error. \
            The exit status is 0 when every line was sent and none was refused.
            """)

    @Option(help: ArgumentHelp("The node to connect to.", valueName: "host:port"))
    var node: String?

    @Option(help: ArgumentHelp("Ask this gate for a node, such as http://127.0.0.1:8080.", valueName: "url"))
    var gate: String?

    @Option(help: "The user to log in as.")
    var user: String

    @Option(help: "The password, or a token.")
    var password: String?

    @Option(help: "The name of this device; give each of a user's consoles its own.")
    var device = "console"

    @Flag(help: "Talk to the node by TLS, also where no gate says that it speaks it.") var tls = false

    @Option(help: ArgumentHelp("Take certificates of these authorities too (PEM), of the node and of the gate.", valueName: "file"))
    var ca: String?

    @Flag(help: "Take any certificate: whoever is on the way can listen.") var insecure = false

    @Option(
        help: ArgumentHelp(
            "Stay this long after the end of a piped input (default: until what was sent is answered, at most 1).", valueName: "seconds"))
    var linger: Double?

    func validate() throws {
        guard (node == nil) != (gate == nil) else { throw ValidationError("give either --node HOST:PORT or --gate URL") }
        if let node, ChatAddress(parsing: node) == nil { throw ValidationError("--node \(node): expected HOST:PORT") }
        if user.isEmpty { throw ValidationError("--user: expected a name") }
        if device.isEmpty { throw ValidationError("--device: expected a name") }
        if ca != nil || insecure, !tls, gate == nil { throw ValidationError("--ca and --insecure go with --tls or --gate") }
        if let linger, !(0...86400).contains(linger) { throw ValidationError("--linger \(linger): expected 0 to 86400 seconds") }
    }

    func run() async throws {
        let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        let isOK: Bool
        do {
            let client = try await loggedIn(isTerminal: isTerminal)
            if isTerminal {
                let hasColours = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
                isOK = await TerminalSession(user: user, hasColours: hasColours).run(client: client)
            } else {
                isOK = await PipeSession.run(client: client, user: user, linger: linger.map { .seconds($0) })
            }
        } catch {
            FileHandle.standardError.write(Data("hpush chat: \(error)\n".utf8))
            throw ExitCode.failure
        }
        if !isOK { throw ExitCode.failure }
    }

    private func loggedIn(isTerminal: Bool) async throws -> ChatClient {
        var configuration = ChatClientConfiguration()
        // A person sees what goes on and can leave; a script must come to an end.
        configuration.reconnect = ReconnectPolicy(maximumAttempts: isTerminal ? nil : 8)
        var target: ChatClientConfiguration.Target
        let security = tls || ca != nil || insecure ? try ChatSecurity(authorities: ca, isInsecure: insecure) : nil
        if tls { configuration.security = security }
        if let gate {
            let directory = try GateDirectory(url: gate, security: security)
            let (user, password) = (user, password)
            configuration.locate = { try await directory.target(user: user, password: password) }
            target = try await directory.target(user: user, password: password)
        } else if let node, let address = ChatAddress(parsing: node) {
            target = .init(address: address)
        } else {
            throw ValidationError("give either --node HOST:PORT or --gate URL")
        }
        let client = ChatClient(configuration: configuration)
        try await client.connect(to: target)
        try await client.login(
            user: user, device: device, token: target.token ?? password ?? "", capabilities: [.receipts, .acknowledgements])
        return client
    }
}
