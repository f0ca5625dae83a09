import PluginHost

/// What a test's stub of hpush.http gets and gives, in the form that a real call has.
enum StubbedHTTP {
    /// A request with what it leaves out filled in.
    static func request(_ table: LuaValue) -> LuaValue {
        var entries = table.entries ?? []
        func add(_ key: String, _ value: LuaValue) { if table[key] == nil { entries.append(.init(.text(key), value)) } }
        add("method", .text("GET"))
        add("headers", .table([]))
        return .table(entries.map { $0.key == .text("method") ? .init($0.key, .text($0.value.text?.uppercased() ?? "")) : $0 })
    }

    /// An answer with names of headers in lower case and what it leaves out filled in; or nil and a reason.
    static func answer(_ values: [LuaValue]) throws -> [LuaValue] {
        let answer = values.first ?? .nil
        if answer.isNil { return [.nil, values.count > 1 && !values[1].isNil ? values[1] : .text("no answer")] }
        guard answer.entries != nil else {
            throw HostCallError(
                "t:http's function returns { status =, headers =, body = }, or nil and a reason, not \(answer.kindWithArticle)")
        }
        let headers = (answer["headers"]?.entries ?? []).map { LuaValue.Entry(.text($0.key.text?.lowercased() ?? ""), $0.value) }
        return [
            .fields([
                "status": answer["status"] ?? .integer(200), "headers": .table(headers), "body": answer["body"] ?? .text(""),
            ])
        ]
    }
}
