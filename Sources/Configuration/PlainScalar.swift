import Yams

/// What a YAML scalar means by YAML 1.2's core schema, less what people trip over: `0123` is no integer here, because 1.1 and 1.2
/// disagree about it, and `12:30` none either.
enum PlainScalar {
    static func value(of scalar: Node.Scalar) -> ConfigValue {
        // A quoted scalar, a block and an explicit !!str are strings, whatever they look like.
        guard scalar.style == .plain, Node.scalar(scalar).tag != Tag(.str) else { return .string(scalar.string) }
        return value(ofPlain: scalar.string)
    }

    static func value(ofPlain text: String) -> ConfigValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let digits = text.drop { $0 == "+" || $0 == "-" }
        guard text.count - digits.count <= 1, let first = digits.first, first.isASCII, first.isNumber || first == "." else {
            return .string(text)
        }
        let separated = digits.replacing("_", with: "")
        if separated.allSatisfy({ $0.isASCII && $0.isNumber }), separated == "0" || !separated.hasPrefix("0") {
            if let value = Int((text.hasPrefix("-") ? "-" : "") + separated) { return .int(value) }
        }
        let isNumber = digits.contains { $0.isNumber } && digits.allSatisfy { $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }
        if isNumber, digits.contains(where: { ".eE".contains($0) }), let value = Double(text), value.isFinite { return .double(value) }
        return .string(text)
    }
}
