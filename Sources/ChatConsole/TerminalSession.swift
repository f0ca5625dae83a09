import ChatClient
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The console on a terminal: a prompt, a line editor, messages above it.
public final class TerminalSession: Sendable {
    private struct State {
        var editor = LineEditor()
        var decoder = KeyDecoder()
        let screen: TerminalScreen
    }

    private let state: Mutex<State>
    private let user: String

    /// - Parameter hasColours: whether to use ANSI colours.
    public init(user: String, hasColours: Bool) {
        self.user = user
        self.state = Mutex(State(screen: TerminalScreen(prompt: "\(user)> ", hasColours: hasColours)))
    }

    /// Runs until the user leaves or the session ends for good. Returns whether all went well.
    public func run(client: ChatClient) async -> Bool {
        guard RawTerminal.enter() else { return await PipeSession.run(client: client, user: user, linger: nil) }
        let endings = TerminationSignals { RawTerminal.leave() }
        defer {
            endings.cancel()
            StandardOutput.write(state.withLock { $0.screen.clear() })
            RawTerminal.leave()
        }
        let console = ChatConsole(client: client, options: .init(user: user, isInteractive: true)) { [self] in show($0) }
        show(ConsoleLine(.status, text: "logged in as \(user), /help lists the commands"))
        let following = Task { await console.follow() }
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            Task {
                await type(into: console)
                await console.leave()
                once.resume(returning: true)
            }
            Task {
                await following.value
                if await console.endedByItself { once.resume(returning: false) }
            }
        }
    }

    /// Takes keys until the user wants to leave.
    private func type(into console: ChatConsole) async {
        let input = StandardInput()
        while let bytes = await input.read() {
            for key in state.withLock({ $0.decoder.decode(bytes) }) {
                switch state.withLock({ $0.editor.handle(key) }) {
                case .none: break
                case .redraw: draw { $0.draw($1, columns: $2) }
                case .clearScreen: draw { $0.clearAll($1, columns: $2) }
                case .submit(let line):
                    draw { $0.draw($1, columns: $2) }
                    if await console.carryOut(line) { return }
                case .suspend: suspend()
                case .endOfInput, .interrupt: return
                }
            }
        }
    }

    private func show(_ line: ConsoleLine) {
        draw { $0.print(line, over: $1, columns: $2) }
    }

    /// Writes under the lock, so that two writers don't mix.
    private func draw(_ render: (TerminalScreen, LineEditor, _ columns: Int) -> String) {
        state.withLock { StandardOutput.write(render($0.screen, $0.editor, RawTerminal.columns())) }
    }

    private func suspend() {
        draw { screen, _, _ in screen.clear() }
        RawTerminal.leave()
        ProcessSignal.takeEffect(SIGTSTP)
        // Here again after `fg`.
        _ = RawTerminal.enter()
        draw { $0.draw($1, columns: $2) }
    }
}
