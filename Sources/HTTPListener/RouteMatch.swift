/// What a route's handler gets beside the request.
public struct RouteMatch: Sendable {
    /// What stood in the place of each `*`.
    public let names: [String]
    /// The client's address, without a port; "" where the system does not say.
    public let remote: String

    /// What stood in the place of the only `*`.
    public var name: String { names.first ?? "" }
}
