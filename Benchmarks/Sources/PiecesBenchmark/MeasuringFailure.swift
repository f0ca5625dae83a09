/// A piece did not do what it was measured for: its numbers would mean nothing.
struct MeasuringFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func check(_ good: Bool, _ description: @autoclosure () -> String) throws {
        if !good { throw MeasuringFailure(description()) }
    }
}
