/// One function of the host as an annotated Lua function.
enum LuaText {
    /// - Parameter prefix: what it is defined on: "hpush.", "Session:".
    static func definition(of entry: HostFunctionDescription, in prefix: String) -> String {
        let name = entry.owner == nil ? entry.name : entry.lastName
        guard !entry.isField else {
            return "---\(doc(of: entry))\n---@type \(entry.results.first?.type ?? "any")\n\(prefix)\(name) = nil"
        }
        var lines = ["---\(doc(of: entry))"]
        let returnsSelf = entry.results.first?.type == "self"
        if returnsSelf { lines += ["---@generic T", "---@param self T"] }
        lines += entry.parameters.map {
            "---@param \($0.name)\($0.isOptional ? "?" : "") \($0.type)" + ($0.doc.isEmpty ? "" : " # \($0.doc)")
        }
        lines += entry.results.map { result in
            "---@return \(returnsSelf ? "T" : result.type)\(result.isOptional ? "?" : "") \(result.name)"
                + (result.doc.isEmpty ? "" : " # \(result.doc)")
        }
        let parameters = entry.parameters.map(\.name).joined(separator: ", ")
        return (lines + ["function \(prefix)\(name)(\(parameters)) end"]).joined(separator: "\n")
    }

    /// `fun(text: any): integer`
    static func signature(of entry: HostFunctionDescription) -> String {
        let parameters = entry.parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \($0.type)" }.joined(separator: ", ")
        let results = entry.results.map { "\($0.type)\($0.isOptional ? "?" : "")" }.joined(separator: ", ")
        return "fun(\(parameters))" + (results.isEmpty ? "" : ": \(results)")
    }

    /// What it does and what it asks for, on one line.
    static func doc(of entry: HostFunctionDescription) -> String {
        var text = entry.doc
        if let need = entry.need { text += " Needs `needs = { \"\(need)\" }`." }
        if entry.waits {
            text += " May wait, so not in outbound handlers, init, save or restore."
        } else if let places = places(of: entry) {
            text += " Not \(places)."
        }
        return text + since(entry)
    }

    /// Said of what came later than the rest.
    static func since(_ entry: HostFunctionDescription) -> String { entry.since == "0.1" ? "" : " Since \(entry.since)." }

    /// "in init, save and restore, in outbound handlers". That calls are not for the main part of a file and for offload is said once for all.
    static func places(of entry: HostFunctionDescription) -> String? {
        let phrases = [HostPlace.lifecycle, .outbound].filter { entry.refusedIn.contains($0) }.map(\.phrase)
        return phrases.isEmpty ? nil : phrases.joined(separator: ", ")
    }
}
