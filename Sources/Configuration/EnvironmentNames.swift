/// Which environment variables are meant as keys.
///
/// Every `HPUSH_SECTION_NAME` is taken for a key and refused when there is none of that name, so that a misspelt variable is seen.
/// Left alone are names without a second part (`HPUSH_HOME`: no key looks like that) and those others set: `HPUSH_TEST_...` and
/// `HPUSH_BENCH_...` for the tests of this project, `HPUSH_SERVICE_...` and `HPUSH_PORT_...` by Kubernetes for a service named hpush.
enum EnvironmentNames {
    static let foreignPrefixes = ["HPUSH_TEST_", "HPUSH_BENCH_", "HPUSH_SERVICE_", "HPUSH_PORT_"]

    static func isKey(_ name: String) -> Bool {
        guard name.hasPrefix("HPUSH_") else { return false }
        return KeyIndex.shared.environment[name] != nil
            || (name.dropFirst("HPUSH_".count).contains("_") && !foreignPrefixes.contains { name.hasPrefix($0) })
    }

    static func unknown(_ name: String) -> ConfigurationError {
        var problem = "expected HPUSH_ and a key's path, found the name of no key"
        if let near = Spelling.nearest(to: name, among: KeyIndex.shared.environment.keys.sorted()) {
            problem += "; did you mean \(near)?"
        }
        return ConfigurationError(.environment(name: name), problem)
    }
}
