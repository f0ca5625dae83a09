import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The whole body.
    /// - Throws: 413 over `most` bytes, 400 when it does not arrive.
    public func wholeBody(upTo most: Int) async throws(HTTPFailure) -> Data {
        let tooLarge = HTTPFailure(.contentTooLarge, code: "too_large", "a body has \(most) bytes at most here")
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > most { throw tooLarge }
        do {
            return Data((try await body.collect(upTo: most)).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw .badRequest("the body did not arrive")
        }
    }
}
