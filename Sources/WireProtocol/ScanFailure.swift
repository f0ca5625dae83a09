import CWire

/// Why a body is no `Message`. The connection it came from closes, counted as `FrameError.undecodable`.
public struct ScanFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The scanner's verdict, never `HP_SCAN_OK`.
    public let status: hp_scan_status

    @inlinable
    public init(status: hp_scan_status) { self.status = status }

    /// The verdict's name for logs: "truncated", "bad_tag", "bad_varint", "bad_utf8" or "too_deep".
    public var detail: String { String(cString: hp_scan_status_name(status)) }

    public var description: String { "\(FrameError.undecodable.reason): \(detail)" }

    public static func == (left: ScanFailure, right: ScanFailure) -> Bool { left.status == right.status }
}
