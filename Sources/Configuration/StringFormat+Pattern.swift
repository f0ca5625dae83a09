extension StringFormat {
    /// What it accepts as a regular expression (ECMA 262), for the JSON Schema; nil accepts all. A little wider than `accepts` where a
    /// pattern can't say it.
    var pattern: String? {
        let host = "([A-Za-z0-9_.%-]{1,255}|[A-Za-z0-9_.%-]*:[A-Za-z0-9_.%-]*:[A-Za-z0-9_.:%-]*)"
        return switch self {
        case .any: nil
        case .filled: "^[\\s\\S]"
        case .name: "^[A-Za-z0-9._-]{1,64}$"
        case .host: "^\(host)$"
        case .optionalHost: "^\(host)?$"
        case .absolutePath: "^(/|(/(?!\\.{1,2}(/|$))[^\\s/?#]+)+)$"
        case .redisURL: "^rediss?(-sentinel|-cluster)?://[^\\s/]\\S*$"
        case .optionalHTTPURL: "^(https?://\\S+)?$"
        case .origin: "^(same-host|\\*|[^\\s/:]+://[^\\s/]+)$"
        case .address: "^\\[?\(host)\\]?:[0-9]{1,5}$"
        case .optionalAddress: "^(\\[?\(host)\\]?:[0-9]{1,5})?$"
        }
    }
}
