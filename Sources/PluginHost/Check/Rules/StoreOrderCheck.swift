/// Finds handlers that may refuse a message which a plugin before them in the pipeline has stored. Its sender would be told of a refusal, and
/// its recipient would get it all the same: what is on the disk is not taken back.
///
/// Who delivers messages may refuse those it cannot deliver, as chat_redirect does; it stands behind the store by its nature.
public struct StoreOrderCheck {
    /// What a plugin does with messages, as far as the text of its main file tells.
    private struct Role {
        var stores = false
        var delivers = false
        /// Where a handler is defined that may refuse.
        var refusing: SourcePlace?
    }

    public init() {}

    /// - Parameter pipeline: the plugins in their order.
    public func problems(in pipeline: [PluginBundle]) -> [PluginProblem] {
        var store: String?
        return pipeline.compactMap { bundle in
            guard let file = SourceFile.files(of: bundle).first, let chunk = try? LuaParser.chunk(of: file.text) else { return nil }
            let role = role(in: ModuleLayout(chunk))
            defer { if role.stores { store = bundle.name } }
            guard let store, let place = role.refusing, !role.delivers else { return nil }
            let text =
                "\(bundle.name) may refuse a message that \(store), before it in the pipeline, has stored, and the recipient gets it "
                + "all the same; put \(bundle.name) before \(store)"
            return PluginProblem(place: file.place(place), message: text)
        }
    }

    private func role(in layout: ModuleLayout) -> Role {
        var role = Role()
        for (section, name, entry) in layout.handlers where section == "inbound" && (name == "message_request" || name == "*") {
            guard let function = entry.value.function else { continue }
            var seen: Set<ObjectIdentifier> = []
            look(in: function, at: entry.place, &role, &seen)
        }
        return role
    }

    /// Looks at a function and at those it calls by a local name.
    private func look(in function: LuaFunction, at place: SourcePlace, _ role: inout Role, _ seen: inout Set<ObjectIdentifier>) {
        guard seen.insert(ObjectIdentifier(function)).inserted else { return }
        var called: [LuaFunction] = []
        LuaWalk(intoFunctions: false).expressions(in: function.body) { expression in
            guard case .call(let callee, _) = expression.kind else { return }
            switch callee.globalPath {
            case ["hpush", "store", "save"]: role.stores = true
            case ["hpush", "redirect"]: role.delivers = true
            case ["hpush", "reject"], ["hpush", "close"]: role.refusing = role.refusing ?? place
            default: if case .name = callee.kind, let function = callee.function { called.append(function) }
            }
        }
        for function in called { look(in: function, at: place, &role, &seen) }
    }
}
