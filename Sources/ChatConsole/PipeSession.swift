import ChatClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The console on pipes: messages and answers are lines on standard output, everything else goes to standard error.
public enum PipeSession {
    /// Runs until the end of the input. Returns whether all went well.
    public static func run(client: ChatClient, user: String, linger: Duration?) async -> Bool {
        let options = ChatConsole.Options(user: user, isInteractive: false, linger: linger)
        let console = ChatConsole(client: client, options: options, show: show)
        let following = Task { await console.follow() }
        // A final disconnect must not wait for a line that may never come.
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            Task {
                once.resume(returning: await console.run(lines: InputLines(input: StandardInput())))
            }
            Task {
                await following.value
                if await console.endedByItself { once.resume(returning: false) }
            }
        }
    }

    @Sendable static func show(_ line: ConsoleLine) {
        switch line.kind {
        case .incoming, .answer: StandardOutput.write(line.plain + "\n")
        case .own: break
        case .status, .problem: StandardOutput.write("hpush chat: \(line.plain)\n", to: STDERR_FILENO)
        }
    }
}
