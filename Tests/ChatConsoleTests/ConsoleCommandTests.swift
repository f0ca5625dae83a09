import ChatConsole
import Testing

@Suite struct ConsoleCommandTests {
    @Test(
        arguments: [
            ("/msg bob hello  there", .message(user: "bob", text: "hello  there")),
            ("  /msg   bob   hi ", .message(user: "bob", text: "hi")),
            ("/group team hi", .group(name: "team", text: "hi")),
            ("/history bob", .history(user: "bob")),
            ("/who", .who), ("/logout", .logout), ("/help", .help),
            ("hello /msg", .say("hello /msg")), ("//etc", .say("/etc")), ("", .nothing), ("   ", .nothing),
        ] as [(String, ConsoleCommand)])
    func reads(line: String, expected: ConsoleCommand) throws {
        #expect(try ConsoleCommand(parsing: line) == expected)
    }

    @Test(arguments: [
        ("/msg", "usage: /msg USER TEXT"), ("/msg bob", "usage: /msg USER TEXT"), ("/group team ", "usage: /group GROUP TEXT"),
        ("/history", "usage: /history USER"), ("/history a b", "usage: /history USER"),
        ("/nope", "unknown command /nope, /help lists all"), ("/", "unknown command /, /help lists all"),
    ])
    func explainsMistakes(line: String, expected: String) {
        do {
            _ = try ConsoleCommand(parsing: line)
            Issue.record("accepted")
        } catch {
            #expect(error.description == expected)
        }
    }
}
