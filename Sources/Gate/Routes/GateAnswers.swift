/// The body of `GET /user/getImNode`. The Java gate's has the node under this name.
struct NodeAnswer: Encodable {
    var imNode: GateNode
}

/// The body of `GET /v1/nodes`.
struct NodesAnswer: Encodable {
    var nodes: [GateNode]
}

/// The body of `POST /v1/login`.
struct LoginAnswer: Encodable {
    var token: String
    var node: GateNode
}

/// The body of `GET /user/login/{username}/{password}`, with the names of the Java gate's.
struct OldLoginAnswer: Encodable {
    struct User: Encodable {
        var userId: String
        var userName: String
    }

    var token: String
    var imNode: GateNode
    var imNodeList: [GateNode]
    var userDTO: User

    init(user: String, token: String, node: GateNode) {
        self.token = token
        imNode = node
        imNodeList = [node]
        userDTO = User(userId: user, userName: user)
    }
}

/// The body of a request to `POST /v1/login`.
struct LoginBody: Decodable {
    var user: String
    var password: String?
}
