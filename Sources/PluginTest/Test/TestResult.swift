/// How one test went.
package struct TestResult: Sendable {
    package struct Failure: Sendable, Equatable {
        package var place: TestPlace
        package var message: String
        /// The line of the test file, to be shown; empty where it is unknown.
        package var source = ""
        /// What the plugins logged as errors meanwhile.
        package var errors: [String] = []
    }

    /// The plugin under test.
    package var plugin: String
    package var name: String
    package var place: TestPlace
    package var seconds: Double
    /// nil: it passed.
    package var failure: Failure?
}
