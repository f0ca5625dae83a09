import ArgumentParser
import Foundation

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List accounts: name, tab, when it was made (UTC).")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let accounts = try options.openAccounts()
        var last: String?
        while true {
            let page = try accounts.users(after: last, limit: 1000)
            for user in page {
                let created = Date(timeIntervalSince1970: Double(user.createdMilliseconds) / 1000)
                print("\(user.name)\t\(created.formatted(.iso8601))")
            }
            guard let end = page.last else { return }
            last = end.name
        }
    }
}
