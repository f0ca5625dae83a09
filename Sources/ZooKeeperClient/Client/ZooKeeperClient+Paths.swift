extension ZooKeeperClient {
    /// Makes a persistent node and those above it, as far as they are missing; `/` makes the chroot. Loop-only.
    public func createPath(
        _ path: String, acl: [ACL] = .openUnsafe, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<Void, ZooKeeperError>) -> Void
    ) {
        do throws(ZooKeeperError) {
            try NodePath.validate(path)
        } catch {
            return completion(.failure(error))
        }
        makePath(chroot.full(path), acl, timeoutMilliseconds) { result in
            completion(result.mapError { ZooKeeperError($0.code, path: path, message: $0.message) })
        }
    }

    private func makePath(_ full: String, _ acl: [ACL], _ timeout: Int?, _ completion: @escaping Completion.Of<Void>) {
        if full == "/" { return completion(.success(())) }
        makeNode(full, acl, timeout) { [self] result in
            guard case .failure(let error) = result, error.code == .noNode, let parent = NodePath.parent(full) else {
                return completion(result)
            }
            makePath(parent, acl, timeout) { [self] result in
                guard case .success = result else { return completion(result) }
                makeNode(full, acl, timeout, completion)
            }
        }
    }

    /// Existing is as good as made. Whether one exists is asked first where making it is forbidden.
    private func makeNode(_ full: String, _ acl: [ACL], _ timeout: Int?, _ completion: @escaping Completion.Of<Void>) {
        let made: Completion.Of<CreatedNode> = { [self] result in
            switch result {
            case .success: completion(.success(()))
            case .failure(let error) where error.code == .nodeExists: completion(.success(()))
            case .failure(let error) where error.code == .noAuth:
                let looked: Completion.Of<NodeStat?> = { found in
                    if case .success(.some) = found { completion(.success(())) } else { completion(.failure(error)) }
                }
                submit(.exists(path: full, watch: false), .optionalStat(looked), timeout, isAbsolute: true)
            case .failure(let error): completion(.failure(error))
            }
        }
        submit(.create(path: full, data: [], acl: acl, mode: .persistent), .created(made), timeout, isAbsolute: true)
    }
}
