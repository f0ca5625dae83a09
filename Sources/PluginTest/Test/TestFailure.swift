import Foundation

/// Why a call of a test's did not do what it should: raised at the test's line.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A test took longer than it may.
struct TestTimeout: Error, CustomStringConvertible {
    let seconds: Double

    var description: String { "the test ran longer than \(seconds.formatted()) s" }
}
