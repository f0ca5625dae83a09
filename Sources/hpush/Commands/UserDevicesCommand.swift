import ArgumentParser
import Foundation

/// `hpush user devices`
struct UserDevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "List a user's devices: name, tab, when it was last logged in (UTC); the last one first.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user.") var user: String

    func run() async throws {
        for device in try options.openMessages().devices(of: user) {
            let time = Date(timeIntervalSince1970: Double(device.time) / 1000)
            print("\(DisplayedText.line(device.device))\t\(time.formatted(.iso8601))")
        }
    }
}
