import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    public static func json(
        _ value: some Encodable, style: JSONStyle, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var bytes = ByteBuffer(bytes: try style.encode(value))
        bytes.writeInteger(UInt8(ascii: "\n"))
        return Response(status: status, headers: headers.merged(type: "application/json"), body: ResponseBody(byteBuffer: bytes))
    }

    public static func text(_ text: String, type: String) -> Response {
        Response(status: .ok, headers: HTTPFields().merged(type: type), body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A file of a page, with what a browser may do with it (Content-Security-Policy).
    public static func file(_ data: Data, type: String, policy: String) -> Response {
        var fields = HTTPFields().merged(type: type)
        fields[.contentSecurityPolicy] = policy
        fields[.cacheControl] = "no-cache"
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// Prometheus text.
    public static func metrics(_ text: String) -> Response { .text(text, type: "text/plain; version=0.0.4; charset=utf-8") }

    /// Lines of JSON.
    public static func lines(_ body: ResponseBody = ResponseBody()) -> Response {
        Response(status: .ok, headers: HTTPFields().merged(type: "application/x-ndjson"), body: body)
    }

    static func failure(_ failure: HTTPFailure, style: JSONStyle) throws -> Response {
        guard let body = failure.body else {
            return try json(FailureBody(failure), style: style, status: failure.status, headers: failure.headers)
        }
        return try json(body, style: style, status: failure.status, headers: failure.headers)
    }
}

extension HTTPFields {
    /// All answers are of this moment, and none is to be guessed to be something else by a browser.
    fileprivate func merged(type: String) -> HTTPFields {
        var fields = self
        fields[.contentType] = type
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        return fields
    }
}
