import ArgumentParser
import ChatClient
import HPushConfiguration

/// How a command finds the running node: by the configuration's `admin` section, or as told.
struct AdminOptions: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("The node's admin listener, instead of the configuration's.", valueName: "url"))
    var admin: String?

    @Option(help: "The admin token, instead of the configuration's.")
    var token: String?

    @Option(help: ArgumentHelp("Take a certificate of these authorities too (PEM).", valueName: "file"))
    var ca: String?

    func client() throws -> AdminClient {
        if let admin {
            guard admin.hasPrefix("http://") || admin.hasPrefix("https://") else {
                throw ValidationError("--admin \(admin): expected a URL such as http://127.0.0.1:7070")
            }
            return AdminClient(url: admin, token: token ?? "", tls: try ca.map { try ChatSecurity(authorities: $0).configuration })
        }
        let configuration = try options.load()
        let section = configuration.admin
        guard section.enabled else { throw CommandError("admin.enabled is false: the node has no listener to ask") }
        return AdminClient(
            url: try Self.url(configuration), token: token ?? section.token.reveal(),
            tls: configuration.tls.doors.contains(.admin)
                ? try AdminTrust.configuration(configuration.tls, host: section.host, authorities: ca)
                : nil)
    }

    private static func url(_ configuration: NodeConfiguration) throws -> String {
        let section = configuration.admin
        if section.port == 0 {
            guard let url = AddressFile(dataDirectory: configuration.node.dataDirectory).read() else {
                throw CommandError(
                    "no node runs on the data in \(configuration.node.dataDirectory) (admin.port is 0: it would say there where it listens)"
                )
            }
            return url
        }
        let wildcards = ["0.0.0.0": "127.0.0.1", "0": "127.0.0.1", "::": "::1"]
        let host = wildcards[section.host] ?? section.host
        return "\(configuration.tls.doors.contains(.admin) ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(section.port)"
    }
}
