import ZooKeeperClient

/// Asks again for each answer. All of it is the client's loop's.
final class PipelinedReader: @unchecked Sendable {
    private let client: ZooKeeperClient
    private let path: String
    var reads = 0
    var failures = 0
    var isStopping = false

    init(_ client: ZooKeeperClient, _ path: String) {
        self.client = client
        self.path = path
    }

    func ask() {
        client.getData(path) { [self] result in
            if case .success = result { reads += 1 } else { failures += 1 }
            if !isStopping { ask() }
        }
    }
}
