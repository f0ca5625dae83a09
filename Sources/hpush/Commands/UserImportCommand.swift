import ArgumentParser
import Foundation
import Storage

struct UserImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make accounts from a CSV file: name,password on each line.",
        discussion: """
            Fields may be in double quotes, "" stands for a quote in them. Nothing is changed when a line can't be read. An account that is \
            there already is an error of its line, unless --update is given; the others are made.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file")) var file: String
    @Flag(help: "Give accounts that are there already the file's password.") var update = false

    func run() async throws {
        let accounts = try options.openAccounts()
        let name = file == "-" ? "standard input" : file
        let text = try text()
        let entries: [AccountFile.Entry]
        do throws(AccountFile.Failure) { entries = try AccountFile.read(text) } catch {
            throw CommandError("\(name):\(error.line): \(error.reason)")
        }
        let update = update
        // Hashing a password takes about 50 ms: all cores do.
        let failures = await Self.onAllCores(entries) { entry -> (line: Int, reason: String)? in
            do {
                do { try accounts.add(name: entry.name, password: entry.password) } catch AccountError.nameTaken where update {
                    try accounts.setPassword(of: entry.name, to: entry.password)
                }
                return nil
            } catch { return (entry.line, "\(error)") }
        }.compactMap { $0 }
        for failure in failures { FileHandle.standardError.write(Data("\(name):\(failure.line): \(failure.reason)\n".utf8)) }
        let made = entries.count - failures.count
        guard failures.isEmpty else { throw CommandError("imported \(made) of \(entries.count) accounts; \(failures.count) failed") }
        print("imported \(made) \(made == 1 ? "account" : "accounts")")
    }

    private func text() throws -> String {
        let data: Data?
        if file == "-" {
            data = try FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            data = FileManager.default.contents(atPath: file)
        }
        guard let data else { throw CommandError("\(file) cannot be read") }
        guard let text = String(validating: data, as: UTF8.self) else { throw CommandError("\(file) is not UTF-8") }
        return text
    }

    /// The results in the order of the entries.
    private static func onAllCores<Entry: Sendable, Result: Sendable>(
        _ entries: [Entry], _ work: @escaping @Sendable (Entry) -> Result
    ) async -> [Result] {
        let cores = max(ProcessInfo.processInfo.activeProcessorCount, 1)
        return await withTaskGroup(of: [(Int, Result)].self) { group in
            for first in 0..<min(cores, max(entries.count, 1)) {
                group.addTask { stride(from: first, to: entries.count, by: cores).map { ($0, work(entries[$0])) } }
            }
            var results: [(Int, Result)] = []
            for await part in group { results += part }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
