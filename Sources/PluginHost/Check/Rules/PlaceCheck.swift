/// Finds calls of the host where they are refused: what waits in an outbound handler, what needs a running node while the file loads.
struct PlaceCheck {
    private static let functions = Dictionary(HostFunctionCatalog.all.filter(\.isInHpush).map { ($0.name, $0) }) { first, _ in first }

    /// A function that the host calls, and where that counts as.
    private struct Start {
        var place: HostPlace
        /// "outbound.message_request"
        var name: String
    }

    func findings(in chunk: LuaChunk, _ layout: ModuleLayout) -> [Finding] {
        var found = whileLoading(chunk)
        for (section, name, entry) in layout.handlers {
            guard let place = Self.place(section), let function = entry.value.function else { continue }
            var seen: Set<ObjectIdentifier> = []
            look(in: function, isHandler: true, Start(place: place, name: name.isEmpty ? section : "\(section).\(name)"), &seen, &found)
        }
        return found
    }

    private static func place(_ section: String) -> HostPlace? {
        switch section {
        case "init", "save", "restore": .lifecycle
        case "outbound": .outbound
        case "offload": .offload
        default: nil
        }
    }

    private func whileLoading(_ chunk: LuaChunk) -> [Finding] {
        var found: [Finding] = []
        LuaWalk(intoFunctions: false).expressions(in: chunk.body) { expression in
            guard let function = calledFunction(expression), function.refusedIn.contains(.loading) else { return }
            let instead = function.refusedIn.contains(.lifecycle) ? "a handler" : "init or a handler"
            found.append(
                Finding(
                    place: expression.place,
                    message: "hpush.\(function.name) can't be called while the plugin loads; call it from \(instead)"))
        }
        return found
    }

    /// Looks at a function and at those it calls by a local name.
    private func look(
        in function: LuaFunction, isHandler: Bool, _ start: Start, _ seen: inout Set<ObjectIdentifier>, _ found: inout [Finding]
    ) {
        guard seen.insert(ObjectIdentifier(function)).inserted else { return }
        var called: [LuaFunction] = []
        LuaWalk(intoFunctions: false).expressions(in: function.body) { expression in
            guard case .call(let callee, _) = expression.kind else { return }
            if let function = calledFunction(expression) {
                guard isRefused(function, start.place) else { return }
                let finding = Finding(place: expression.place, message: message(function, isHandler, start))
                if !found.contains(where: { $0.place == finding.place }) { found.append(finding) }
            } else if case .name = callee.kind, let function = callee.function {
                called.append(function)
            }
        }
        for function in called { look(in: function, isHandler: false, start, &seen, &found) }
    }

    /// What only reads of sessions works in `init` as well, though it is of no use there: it is not called wrong.
    private func isRefused(_ function: HostFunctionDescription, _ place: HostPlace) -> Bool {
        function.refusedIn.contains(place) && (place != .lifecycle || function.waits || function.need == nil)
    }

    private func message(_ function: HostFunctionDescription, _ isHandler: Bool, _ start: Start) -> String {
        let reason =
            function.waits
            ? "hpush.\(function.name) waits, which is not possible \(start.place.phrase)"
            : "hpush.\(function.name) can't be called \(start.place.phrase)"
        return isHandler ? reason : "\(reason); \(start.name) comes here"
    }

    /// The function of hpush that a call calls.
    private func calledFunction(_ expression: LuaExpression) -> HostFunctionDescription? {
        guard case .call(let callee, _) = expression.kind, let path = callee.globalPath, path.first == "hpush", path.count > 1 else {
            return nil
        }
        return Self.functions[path.dropFirst().joined(separator: ".")]
    }
}
