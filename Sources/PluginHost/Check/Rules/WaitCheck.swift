/// Finds calls that wait where nothing can wait, and calls of the host while the plugin loads.
struct WaitCheck {
    private static let waiting: Set<String> = names(
        HostFunctionCatalog.functions.filter(\.waits) + HostFunctionCatalog.builtIn.filter(\.waits))
    /// What is there only once the plugin runs.
    private static let late: Set<String> = names(HostFunctionCatalog.functions).union(["redirect", "spawn"])

    private static func names(_ functions: [HostFunctionDescription]) -> Set<String> { Set(functions.filter(\.isInHpush).map(\.name)) }

    func findings(in chunk: LuaChunk, _ layout: ModuleLayout) -> [Finding] {
        var found = whileLoading(chunk)
        for (section, name, entry) in layout.handlers where ["outbound", "init", "save", "restore"].contains(section) {
            guard let function = entry.value.function else { continue }
            let handler = section == "outbound" ? "an outbound handler" : section
            let caller = section == "outbound" ? "outbound.\(name)" : section
            var seen: Set<ObjectIdentifier> = []
            look(in: function, isHandler: true, handler, caller, &seen, &found)
        }
        return found
    }

    private func whileLoading(_ chunk: LuaChunk) -> [Finding] {
        var found: [Finding] = []
        LuaWalk(intoFunctions: false).expressions(in: chunk.body) { expression in
            guard let name = calledFunction(expression), Self.late.contains(name) else { return }
            found.append(
                Finding(
                    place: expression.place, message: "hpush.\(name) can't be called while the plugin loads; call it from init or a handler"
                ))
        }
        return found
    }

    /// Looks at a function and at those it calls by a local name.
    private func look(
        in function: LuaFunction, isHandler: Bool, _ handler: String, _ caller: String, _ seen: inout Set<ObjectIdentifier>,
        _ found: inout [Finding]
    ) {
        guard seen.insert(ObjectIdentifier(function)).inserted else { return }
        var called: [LuaFunction] = []
        LuaWalk(intoFunctions: false).expressions(in: function.body) { expression in
            guard case .call(let callee, _) = expression.kind else { return }
            if let name = calledFunction(expression), Self.waiting.contains(name) {
                let message =
                    isHandler
                    ? "hpush.\(name) waits, which \(handler) can't" : "hpush.\(name) waits; \(caller) comes here, and \(handler) can't wait"
                let finding = Finding(place: expression.place, message: message)
                if !found.contains(where: { $0.place == finding.place }) { found.append(finding) }
            } else if case .name = callee.kind, let function = callee.function {
                called.append(function)
            }
        }
        for function in called { look(in: function, isHandler: false, handler, caller, &seen, &found) }
    }

    /// "sessions.of_user" of a call of hpush.sessions.of_user.
    private func calledFunction(_ expression: LuaExpression) -> String? {
        guard case .call(let callee, _) = expression.kind, let path = callee.globalPath, path.first == "hpush", path.count > 1 else {
            return nil
        }
        return path.dropFirst().joined(separator: ".")
    }
}
