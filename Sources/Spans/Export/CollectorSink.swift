import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// An OpenTelemetry collector, by OTLP/HTTP with JSON.
struct CollectorSink: SpanSink {
    private let url: String
    private let client: HTTPClient

    /// - Parameter url: of the collector; spans go to `/v1/traces` below it, as with `OTEL_EXPORTER_OTLP_ENDPOINT`.
    init(url: String) {
        self.url = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/v1/traces"
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        // Its own requests are not to be traced.
        configuration.tracing.tracer = nil
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func write(_ batch: Data) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: batch))
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            _ = try? await response.body.collect(upTo: 1 << 16)
            guard (200..<300).contains(response.status.code) else { throw ExportFailure("\(url) answers \(response.status.code)") }
        } catch let failure as ExportFailure {
            throw failure
        } catch {
            throw ExportFailure("\(url): \(error)")
        }
    }

    func close() async { try? await client.shutdown() }
}
