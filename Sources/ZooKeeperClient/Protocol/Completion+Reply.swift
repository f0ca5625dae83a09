extension Completion {
    /// Reads the body of a successful answer and hands it over.
    ///
    /// - Throws: when it cannot be read; nobody was called then.
    func succeed(_ reader: inout JuteReader, _ request: Request, chroot: Chroot) throws(JuteError) {
        switch self {
        case .nothing(let completion): completion(.success(()))
        case .created(let completion):
            let path = chroot.strip(try reader.string())
            let stat = try reader.stat()
            completion(.success(CreatedNode(path: path, stat: stat)))
        case .createdPath(let completion):
            let path = chroot.strip(try reader.string())
            completion(.success(path))
        case .stat(let completion):
            let stat = try reader.stat()
            completion(.success(stat))
        case .optionalStat(let completion):
            let stat = try reader.stat()
            completion(.success(stat))
        case .content(let completion):
            let data = try reader.buffer()
            let stat = try reader.stat()
            completion(.success(NodeContent(data: data, stat: stat)))
        case .children(let completion):
            let names = try reader.strings()
            let stat = try reader.stat()
            completion(.success(NodeChildren(names: names, stat: stat)))
        case .acl(let completion):
            let acl = try reader.acl()
            let stat = try reader.stat()
            completion(.success(NodeACL(acl: acl, stat: stat)))
        case .strings(let completion):
            let strings = try reader.strings()
            completion(.success(strings.map(chroot.strip)))
        case .operations(let completion):
            let result = try MultiReply.read(&reader, request, chroot)
            completion(result)
        }
    }
}
