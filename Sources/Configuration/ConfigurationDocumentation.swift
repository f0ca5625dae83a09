/// The reference of all keys, written from their description.
public enum ConfigurationDocumentation {
    /// Markdown for `docs/configuration.md`. A test refuses a file that differs.
    public static func markdown() -> String {
        var lines = introduction
        for section in KeyIndex.shared.children(of: "") {
            lines += ["", "## \(section)", "", "| key | expected | default | |", "| --- | --- | --- | --- |"]
            for key in ConfigurationKey.all where key.path.hasPrefix(section + ".") { lines.append(row(key)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ key: ConfigurationKey) -> String {
        var help = key.help
        if key.traits.contains(.secret) { help += " Secret; or `\(key.path.split(separator: ".").last ?? "")_file`." }
        if key.traits.contains(.path) { help += " Relative to the file." }
        return "| `\(key.path)` | \(key.expectation) | `\(key.defaultValue)` | \(help) |"
    }

    private static let introduction = """
        # Configuration

        <!-- Written by scripts/docs --write from the description of the keys; change that instead. -->

        A node reads one YAML file (`--config FILE`); without one the defaults below apply. From strong to weak:

        1. `--set KEY=VALUE`, as often as needed. The value is YAML: `--set chat.port=7100`,
           `--set 'plugins.pipeline=[login: {mode: open}]'`.
        2. Environment: `HPUSH_` and the key's path in capitals, `_` for `.`: `HPUSH_CHAT_PORT=7100`. Text is taken as it is, without YAML's
           quotes; numbers, lists and true or false are read as YAML. Every other `HPUSH_X_Y` is refused as a misspelt key, save
           `HPUSH_TEST_...`, `HPUSH_BENCH_...`, and Kubernetes' `HPUSH_SERVICE_...` and `HPUSH_PORT_...`.
        3. The file.
        4. The defaults.

        An unknown key, a wrong type or a value out of range stops the start with one line: where (`FILE:LINE`, option or variable), key,
        what was expected and what was found.

        Relative paths in the file, and the defaults, start at the file's folder; in options and variables, and everywhere when there is no
        file, at the working directory. A secret can be read from a file by its `_file` key (`admin.token_file`); one line end at the
        file's end is cut.

        Checked together:

        - `admin.host` off loopback needs `admin.token`.
        - No two listeners on one port.
        - `tracing.sample` above 0 needs `tracing.otlp_url` or `tracing.file`.
        - `cluster.mode: zookeeper` needs `cluster.peer.secret` and `gate.token_secret`, and `node.advertise` where a host is a wildcard.
        - In a cluster, `login` in mode `password`, `inbox` and `group_chat` need `store.driver: mysql`.

        In a pipeline, plain `true`, `false`, `null` and numbers are what they look like; `yes` and `no` are strings.
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
