/// A password, token or key. Printing, interpolating or reflecting it shows only whether it is set.
public struct Secret: Sendable, Hashable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var isEmpty: Bool { text.isEmpty }

    /// The secret itself. The name is long-winded on purpose: each use should be seen in review.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { text.isEmpty ? "(not set)" : "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
