import AsyncHTTPClient
import NIOSSL

extension HTTPClient {
    /// Gives the process's client, or one with TLS of its own for the length of `body`.
    public static func with<Result>(
        _ tls: TLSConfiguration?, _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        guard let tls else { return try await body(.shared) }
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.tlsConfiguration = tls
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try? await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
