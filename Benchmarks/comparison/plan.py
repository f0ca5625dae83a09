"""How long and how often."""

import resource


class Plan:
    def __init__(self, quick, rounds):
        self.quick = quick
        self.rounds = 1 if quick else max(rounds, 1)
        self.connections = 1000
        self.seconds = 1.0 if quick else 3.0
        self.warmup = 0.5 if quick else 1.0
        # A virtual machine needs some seconds until its code is compiled.
        self.slow_warmup = 2.0 if quick else 6.0
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        wanted = 4000 if quick else 19_000
        self.idle_connections = wanted if limit in (-1, resource.RLIM_INFINITY) else min(wanted, limit - 500)
        # Two heartbeats of each connection.
        self.idle_hold = 3 if quick else 10
        self.heartbeat = 1.2 if quick else 4
        self.idle_after = 5

    def chat(self, window, slow):
        return [
            "--mode", "chat", "--conns", self.connections, "--size", 64, "--window", window, "--duration", self.seconds,
            "--warmup", self.slow_warmup if slow else self.warmup]

    def open(self, rate, slow):
        return [
            "--mode", "open", "--conns", self.connections, "--size", 64, "--rate", rate, "--duration", self.seconds,
            "--warmup", self.slow_warmup if slow else self.warmup]

    def idle(self):
        return [
            "--mode", "idle", "--conns", self.idle_connections, "--src-ips", 4, "--hold", self.idle_hold, "--hb", self.heartbeat]
