/// The watches a client has, for a server it moves to. Paths with chroot.
struct WatchList: Equatable {
    /// Changes after this one are told at once.
    var lastZxid: Int64
    var data: [String] = []
    var exists: [String] = []
    var children: [String] = []
    var persistent: [String] = []
    var recursive: [String] = []

    /// Servers before 3.6 know only the older request.
    private var isOld: Bool { persistent.isEmpty && recursive.isEmpty }

    var operation: Int32 { isOld ? OperationCode.setWatches : OperationCode.setWatches2 }

    var encodedSize: Int {
        let old = 8 + JuteSize.strings(data) + JuteSize.strings(exists) + JuteSize.strings(children)
        return isOld ? old : old + JuteSize.strings(persistent) + JuteSize.strings(recursive)
    }

    func encode(_ writer: inout JuteWriter) {
        writer.long(lastZxid)
        writer.strings(data)
        writer.strings(exists)
        writer.strings(children)
        if isOld { return }
        writer.strings(persistent)
        writer.strings(recursive)
    }
}
