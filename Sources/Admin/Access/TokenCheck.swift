import HPushConfiguration

/// `Authorization: Bearer TOKEN`.
struct TokenCheck {
    private let token: Secret
    private let isRequired: Bool

    init(section: AdminSection) {
        token = section.token
        // The configuration refuses a listener off loopback without a token; should one come here, nobody gets in.
        isRequired = !section.token.isEmpty || !HostAddress.isLoopback(section.host)
    }

    func allows(authorization: String?) -> Bool {
        guard isRequired else { return true }
        guard !token.isEmpty, let given = Self.bearer(authorization) else { return false }
        return Self.isEqual(Array(given.utf8), Array(token.reveal().utf8))
    }

    private static func bearer(_ header: String?) -> Substring? {
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else { return nil }
        return header[space...].drop { $0 == " " }
    }

    /// Takes as long for a wrong token as for the right one: time depends on the given one's length alone.
    private static func isEqual(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        guard !expected.isEmpty else { return false }
        var difference = given.count ^ expected.count
        for index in given.indices { difference |= Int(given[index] ^ expected[index % expected.count]) }
        return difference == 0
    }
}
