import CPluginBridge

/// Finds fields that the objects a handler gets do not have: of msg, ctx, ctx.config and ctx.session.
struct FieldCheck {
    /// Names of the plugin's settings; nil where they are not known.
    var settings: Set<String>?

    /// What a local variable stands for.
    private enum Meaning {
        case context(isLogin: Bool)
        case message([String])
        case session
        case config
    }

    private static let contextFields = names(of: "ctx")
    private static let sessionFields = names(of: "session")
    private static let messageMethods = names(of: "msg")

    private static func names(of object: String) -> Set<String> {
        Set(HostFunctionCatalog.all.filter { $0.owner == object + "." || $0.owner == object + ":" }.map(\.lastName))
    }

    func findings(in layout: ModuleLayout) -> [Finding] {
        var meanings: [ObjectIdentifier: Meaning] = [:]
        var functions: [LuaFunction] = []
        for (section, name, entry) in layout.handlers where section != "save" && section != "restore" && section != "offload" {
            guard let function = entry.value.function else { continue }
            if !functions.contains(where: { $0 === function }) { functions.append(function) }
            note(section, name, function.parameters, &meanings)
        }
        var found: [Finding] = []
        for function in functions {
            LuaWalk().expressions(in: function.body) { expression in
                let (base, key): (LuaExpression, String)
                switch expression.kind {
                case .index(let inner, let name?, _): (base, key) = (inner, name)
                case .method(let inner, let name, _): (base, key) = (inner, name)
                default: return
                }
                guard let meaning = meaning(of: base, meanings), let message = message(meaning, key) else { return }
                let finding = Finding(place: expression.keyPlace ?? expression.place, message: message)
                if !found.contains(finding) { found.append(finding) }
            }
        }
        return found
    }

    private func note(_ section: String, _ name: String, _ parameters: [LuaLocal], _ meanings: inout [ObjectIdentifier: Meaning]) {
        guard let context = parameters.first, context.writes == 0 else { return }
        let isLogin = section == "inbound" && (name == "login_request" || name == "*")
        if case .context(let before)? = meanings[ObjectIdentifier(context)] {
            meanings[ObjectIdentifier(context)] = .context(isLogin: before || isLogin)
        } else {
            meanings[ObjectIdentifier(context)] = .context(isLogin: isLogin)
        }
        guard parameters.count > 1, parameters[1].writes == 0, section == "inbound" || section == "outbound" || name == "undeliverable"
        else { return }
        let type = name == "undeliverable" ? "message_request" : name
        let key = ObjectIdentifier(parameters[1])
        if case .message(let types)? = meanings[key] { meanings[key] = .message(types + [type]) } else { meanings[key] = .message([type]) }
    }

    private func meaning(of expression: LuaExpression, _ meanings: [ObjectIdentifier: Meaning]) -> Meaning? {
        switch expression.kind {
        case .name(_, let local?):
            if let known = meanings[ObjectIdentifier(local)] { return known }
            return local.constant.flatMap { meaning(of: $0, meanings) }
        case .index(let base, let key?, _):
            guard case .context? = meaning(of: base, meanings) else { return nil }
            return key == "session" ? .session : key == "config" ? .config : nil
        case .method(let base, "copy", _):
            guard case .message(let types)? = meaning(of: base, meanings) else { return nil }
            return .message(types)
        default: return nil
        }
    }

    private func message(_ meaning: Meaning, _ key: String) -> String? {
        switch meaning {
        case .context(let isLogin):
            if key == "accept", !isLogin { return "ctx:accept belongs into inbound.login_request: only a login can be accepted" }
            return Self.contextFields.contains(key)
                ? nil : "ctx has no field '\(key)'" + Spelling.hint(for: key, among: Self.contextFields) { "ctx.\($0)" }
        case .session:
            return Self.sessionFields.contains(key)
                ? nil : "a session has no field '\(key)'" + Spelling.hint(for: key, among: Self.sessionFields)
        case .config:
            guard let settings, !settings.contains(key) else { return nil }
            return "the plugin's config has no setting '\(key)'" + Spelling.hint(for: key, among: settings)
        case .message(let types):
            guard !types.contains("*"), !Self.messageMethods.contains(key) else { return nil }
            let fields = types.map(Self.fields)
            guard fields.allSatisfy({ !$0.contains(key) }) else { return nil }
            return "\(types.joined(separator: " and ")) has no field '\(key)'" + Spelling.hint(for: key, among: Set(fields.joined()))
        }
    }

    private static func fields(of type: String) -> Set<String> {
        var type = type
        var number: UInt32 = 0
        var count = 0
        let isKnown = type.withUTF8 { name in
            name.withMemoryRebound(to: CChar.self) { hp_type_by_name($0.baseAddress, $0.count, &number) }
        }
        guard isKnown, let fields = hp_fields(number, &count) else { return [] }
        return Set((0..<count).map { String(cString: fields[$0].name) })
    }
}
