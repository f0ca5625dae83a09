/// Whom a request's answer is for; the case says what the answer holds. Called on the client's loop, exactly once.
enum Completion {
    typealias Of<Value> = (Result<Value, ZooKeeperError>) -> Void

    case nothing(Of<Void>)
    case created(Of<CreatedNode>)
    case createdPath(Of<String>)
    case stat(Of<NodeStat>)
    /// No such node is an answer, too.
    case optionalStat(Of<NodeStat?>)
    case content(Of<NodeContent>)
    case children(Of<NodeChildren>)
    case acl(Of<NodeACL>)
    case strings(Of<[String]>)
    case operations(Of<[OperationResult]>)

    func fail(_ error: ZooKeeperError) {
        switch self {
        case .nothing(let completion): completion(.failure(error))
        case .created(let completion): completion(.failure(error))
        case .createdPath(let completion): completion(.failure(error))
        case .stat(let completion): completion(.failure(error))
        case .optionalStat(let completion): completion(error.code == .noNode ? .success(nil) : .failure(error))
        case .content(let completion): completion(.failure(error))
        case .children(let completion): completion(.failure(error))
        case .acl(let completion): completion(.failure(error))
        case .strings(let completion): completion(.failure(error))
        case .operations(let completion): completion(.failure(error))
        }
    }
}
