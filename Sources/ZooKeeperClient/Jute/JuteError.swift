/// Bytes that are not what was to be read.
enum JuteError: Error, Equatable, CustomStringConvertible {
    case truncated
    case badLength(Int)

    var description: String {
        switch self {
        case .truncated: "the answer ends too early"
        case .badLength(let count): "the answer has a length of \(count)"
        }
    }
}
