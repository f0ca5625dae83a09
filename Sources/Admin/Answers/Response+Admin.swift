import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
        var bytes = ByteBuffer(bytes: try AdminJSON.encode(value))
        bytes.writeInteger(UInt8(ascii: "\n"))
        return Response(status: status, headers: headers.merged(type: "application/json"), body: ResponseBody(byteBuffer: bytes))
    }

    static func text(_ text: String, type: String) -> Response {
        Response(status: .ok, headers: HTTPFields().merged(type: type), body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Lines of JSON.
    static func lines(_ body: ResponseBody = ResponseBody()) -> Response {
        Response(status: .ok, headers: HTTPFields().merged(type: "application/x-ndjson"), body: body)
    }

    static func failure(_ failure: AdminFailure) throws -> Response {
        try json(ErrorAnswer(failure), status: failure.status, headers: failure.headers)
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
