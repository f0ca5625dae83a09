import Foundation

/// A file that gets a line of OTLP JSON for each batch, as OpenTelemetry's file exporter writes and its collector reads. It is opened for each
/// batch, so that it can be rotated at any time.
struct FileSink: SpanSink {
    let path: String

    func write(_ batch: Data) async throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw ExportFailure("\(path): \(String(cString: strerror(errno)))") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do { try file.write(contentsOf: batch + Data("\n".utf8)) } catch { throw ExportFailure("\(path): \(error.localizedDescription)") }
    }

    func close() async {}
}
