/// A key stroke.
public enum EditorKey: Sendable, Equatable {
    case character(Unicode.Scalar)
    case enter
    case left, right, up, down, home, end
    case wordLeft, wordRight
    case backspace, delete
    /// ctrl-k, ctrl-u, ctrl-w
    case killToEnd, killToStart, killWord
    /// ctrl-c
    case interrupt
    /// ctrl-d
    case endOfInput
    /// ctrl-l
    case clearScreen
    /// ctrl-z
    case suspend
}
