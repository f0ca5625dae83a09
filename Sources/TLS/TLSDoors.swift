import Synchronization

/// All doors of a process that have TLS, and the files behind them. Any thread; `reload` reads files.
public final class TLSDoors: Sendable {
    /// What came of reading files again.
    public enum Outcome: Sendable, Hashable, CustomStringConvertible {
        case replaced(section: String, certificate: String, expiry: Int64)
        /// Those in force stay.
        case failed(TLSError)

        public var description: String {
            switch self {
            case .replaced(let section, let certificate, let expiry):
                "\(section): \(certificate) is in force, valid until \(UTCTime.text(expiry))"
            case .failed(let error): "\(error); the certificate in force stays"
            }
        }
    }

    public let all: [TLSDoor]
    private let stamps = Mutex<[String: [Int]?]>([:])

    public init(_ doors: [TLSDoor] = []) {
        all = doors
        noteStamps()
    }

    public subscript(name: String) -> TLSDoor? { all.first { $0.name == name } }

    /// Reads the files again. New connections have what is new; those that are open stay as they are. Doors that share files change
    /// together or not at all.
    /// - Parameter onlyIfChanged: where the files look as they did last time, nothing is read.
    public func reload(onlyIfChanged: Bool = false) -> [Outcome] {
        if !noteStamps(), onlyIfChanged { return [] }
        var groups: [(files: TLSFiles, doors: [TLSDoor])] = []
        for door in all {
            let files = door.material.material.files
            if let index = groups.firstIndex(where: { $0.files == files }) {
                groups[index].doors.append(door)
            } else {
                groups.append((files, [door]))
            }
        }
        return groups.compactMap { Self.reload($0.files, $0.doors) }
    }

    private static func reload(_ files: TLSFiles, _ doors: [TLSDoor]) -> Outcome? {
        do {
            let material = try TLSMaterial.load(files)
            let changed = doors.filter { $0.material.material != material }
            if changed.isEmpty { return nil }
            let contexts = try changed.map { try $0.context(of: material) }
            for (door, context) in zip(changed, contexts) { door.replace(material, context) }
            return .replaced(
                section: files.section, certificate: files.certificate ?? files.authorities ?? "",
                expiry: material.certificate?.notAfter ?? 0)
        } catch let error as TLSError {
            return .failed(error)
        } catch {
            return nil
        }
    }

    /// - Returns: whether a file looks otherwise than last time.
    @discardableResult
    private func noteStamps() -> Bool {
        let paths = Set(all.flatMap { $0.material.material.files.all })
        let found = Dictionary(uniqueKeysWithValues: paths.map { ($0, FileBytes.stamp($0)) })
        return stamps.withLock { stamps in
            defer { stamps = found }
            return stamps != found
        }
    }
}
