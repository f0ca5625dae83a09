/// What one handler costs.
package struct HandlerFigures: Sendable, Equatable {
    /// "inbound.message_request", "events.session_open", "timers.1".
    package var name: String
    /// Nanoseconds of a call: the median of the rounds; nil where no call was timed to its end, since it waits.
    package var nanoseconds: Double?
    /// Of Lua's allocator, for one call.
    package var allocations: Double
    package var bytes: Double
    /// Share of the calls that failed.
    package var errors: Double
}
