/// The answer to a multi: a header and a body for each operation, then a header that says it is over.
enum MultiReply {
    static func read(
        _ reader: inout JuteReader, _ request: Request, _ chroot: Chroot
    ) throws(JuteError) -> Result<[OperationResult], ZooKeeperError> {
        var results: [OperationResult] = []
        var failure: (index: Int, number: Int32)?
        var index = 0
        while true {
            let operation = try reader.int()
            let isDone = try reader.bool()
            _ = try reader.int()
            if isDone { break }
            switch operation {
            case OperationCode.error:
                let number = try reader.int()
                // 0 before and -2 behind the one that failed: not done because of it.
                if number != 0, number != -2, failure == nil { failure = (index, number) }
            case OperationCode.create:
                let path = try reader.string()
                results.append(.created(CreatedNode(path: chroot.strip(path), stat: NodeStat())))
            case OperationCode.create2, OperationCode.createContainer, OperationCode.createTTL:
                let path = try reader.string()
                let stat = try reader.stat()
                results.append(.created(CreatedNode(path: chroot.strip(path), stat: stat)))
            case OperationCode.delete: results.append(.deleted)
            case OperationCode.setData: results.append(.dataSet(try reader.stat()))
            case OperationCode.check: results.append(.checked)
            default: throw JuteError.badLength(Int(operation))
            }
            index += 1
        }
        if results.count == index { return .success(results) }
        guard case .multi(let operations) = request, let failure, failure.index < operations.count else {
            return .failure(ZooKeeperError(.rolledBack))
        }
        return .failure(
            ZooKeeperError(
                ZooKeeperError.Code(server: failure.number), path: operations[failure.index].path, operationIndex: failure.index))
    }
}
