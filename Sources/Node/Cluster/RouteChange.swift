import Cluster

/// A session came or went: for the routes.
enum RouteChange: Sendable {
    case opened(LocalRoute)
    case closed(uid: String, id: String)
}
