import HTTPListener
import HTTPTypes
import Hummingbird

/// The web chat page at `/`.
struct PageRoutes {
    let page: WebPage
    let placement: NodePlacement

    /// The body of `GET /web.json`.
    struct Facts: Encodable {
        var websocketPath: String
        var passwords: Bool
    }

    func add(to routes: inout HTTPRoutes) {
        let (page, placement) = (page, placement)
        routes.add(.get, "/") { request, _ in try Self.file("index.html", page, placement, request) }
        for name in page.files.names {
            routes.add(.get, "/\(name)") { request, _ in try Self.file(name, page, placement, request) }
        }
        routes.add(.get, "/web.json") { _, _ in
            try .json(Facts(websocketPath: page.webSocketPath, passwords: page.needsPasswords()))
        }
    }

    private static func file(_ name: String, _ page: WebPage, _ placement: NodePlacement, _ request: Request) throws -> Response {
        try page.files.answer(name, policy: policy(placement.nodes.map { $0.reachable(by: request) }))
    }

    /// What the page may do: nothing but its own files, and WebSockets to the nodes.
    static func policy(_ nodes: [GateNode]) -> String {
        let addresses = nodes.compactMap { node in node.websocketPort.map { (node.host, $0) } }
        // An IPv6 address can't be written there.
        let isWritable = addresses.allSatisfy { host, _ in !host.contains(":") }
        let targets = isWritable ? addresses.flatMap { ["ws://\($0.0):\($0.1)", "wss://\($0.0):\($0.1)"] } : ["ws:", "wss:"]
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; "
            + "connect-src \((["'self'"] + targets).joined(separator: " ")); base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
}
