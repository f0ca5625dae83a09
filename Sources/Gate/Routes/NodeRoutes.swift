import HTTPListener
import HTTPTypes
import Hummingbird

/// Where to connect.
struct NodeRoutes {
    let placement: NodePlacement

    func add(to routes: inout HTTPRoutes) {
        let placement = placement
        routes.add(.get, "/user/getImNode") { request, _ in
            guard let node = placement.next() else {
                throw HTTPFailure(.notFound, code: "no_node", "no node takes logins at present", headers: [.retryAfter: "1"])
            }
            return try .json(NodeAnswer(imNode: node.reachable(by: request)))
        }
        routes.add(.get, "/v1/nodes") { request, _ in
            try .json(NodesAnswer(nodes: placement.nodes.sorted { $0.id < $1.id }.map { $0.reachable(by: request) }))
        }
    }
}

extension GateNode {
    /// As the client of a request can connect to it.
    func reachable(by request: Request) -> GateNode {
        var node = self
        node.host = ReachableHost.of(host, asked: request.head.authority)
        return node
    }
}

extension Response {
    /// Names as they are: the Java system's and ZooKeeper's are in camelCase.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        try json(value, style: .asTheyAre, status: status)
    }
}
