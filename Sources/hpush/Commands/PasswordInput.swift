import Foundation

/// A password that is not on the command line, where every process of the machine could read it.
enum PasswordInput {
    /// From a terminal asked for twice without echo, else the first line of standard input.
    static func read(for name: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw CommandError("expected a password: --password, or a line on standard input")
            }
            return line
        }
        let first = try ask("Password of \(name): ")
        guard try ask("Again: ") == first else { throw CommandError("the two passwords differ") }
        return first
    }

    private static func ask(_ question: String) throws -> String {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw CommandError("the terminal cannot hide a password") }
        var quiet = settings
        quiet.c_lflag &= ~tcflag_t(ECHO)
        // Echo goes before the question comes, so that a fast typist shows nothing and loses nothing.
        tcsetattr(STDIN_FILENO, TCSANOW, &quiet)
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        FileHandle.standardError.write(Data(question.utf8))
        return readLine(strippingNewline: true) ?? ""
    }
}
