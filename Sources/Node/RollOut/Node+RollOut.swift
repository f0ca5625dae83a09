extension Node {
    public func pushPlugins(_ push: RulesPush) async throws(ReloadFailure) -> RulesPushAnswer { try await rollOut.push(push) }
}
