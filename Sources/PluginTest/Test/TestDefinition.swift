import PluginHost

/// One test as its file defines it.
struct TestDefinition {
    let name: String
    /// Where `test(...)` stands.
    let place: TestPlace
    /// The options' table, or nil.
    let options: LuaValue
}

/// A line of a file.
package struct TestPlace: Sendable, Equatable, CustomStringConvertible {
    package var file: String
    /// From 1; 0 where only the file is known.
    package var line: Int

    package var description: String { line > 0 ? "\(file):\(line)" : file }
}
