// Looking at a user's messages as they pass the handlers.
extension Node {
    public func trace(_ request: TraceRequest) async throws(TapFailure) -> Tap<TraceEvent> {
        try traces.take("traces")
        let feed = Feed<TraceEvent>(mostItems: 20_000, mostBytes: 8 << 20)
        let tap = TraceTap(request, feed: feed)
        for owner in loops { _ = await owner.ask { $0.add(tap) } }
        return Tap(feed) { [self] in
            for owner in loops { _ = await owner.ask { $0.remove(tap) } }
            feed.close()
            traces.give()
        }
    }
}
