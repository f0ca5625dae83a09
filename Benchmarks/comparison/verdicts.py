"""What is promised, and whether it was kept."""

import statistics

# Runs during which others took more of a core than this (percent) do not count, as long as half of the runs are left. Where too few are,
# all count, and what is judged by them says so: it may be right or wrong by accident.
DISTURBED = 10


class Verdict:
    def __init__(self, what, value, target, at_least, unit="", digits=2, doubt=""):
        self.what = what
        self.value = value
        self.target = target
        self.at_least = at_least
        self.unit = unit
        self.digits = digits
        self.doubt = doubt

    @property
    def good(self):
        return self.value >= self.target if self.at_least else self.value <= self.target

    def cells(self):
        bound = "at least" if self.at_least else "at most"
        verdict = ("ok" if self.good else "miss") + (f" ({self.doubt})" if self.doubt else "")
        return [self.what, self.number(self.value), f"{bound} {self.number(self.target)}", verdict]

    def number(self, value):
        return f"{value:,.{self.digits}f}{self.unit}"


def quiet(rows):
    return [row for row in rows if row.get("others_cpu_pct", DISTURBED + 1) <= DISTURBED]


def undisturbed(rows):
    calm = quiet(rows)
    return calm if len(calm) * 2 >= len(rows) and calm else rows


def doubt(*runs):
    """Why medians of these runs may be wrong by accident; empty if nothing speaks for it."""
    used = [row for rows in runs for row in undisturbed(rows)]
    if any("others_cpu_pct" not in row for row in used):
        return "noise not known"
    return "disturbed" if len(quiet(used)) < len(used) else ""


def median(results, label, key):
    """None where it was not measured."""
    values = [row[key] for row in undisturbed(results.get(label, [])) if row.get(key, -1) >= 0]
    return statistics.median(values) if values else None


def judge(results, pieces):
    verdicts = []

    def ratio(what, first, second, key, target, at_least=True, **form):
        """`first` by `second`, each a label, of the medians of a key."""
        a, b = median(results, first, key), median(results, second, key)
        if a is not None and b:
            why = doubt(results[first], results[second])
            verdicts.append(Verdict(what, a / b, target, at_least, doubt=why, **form))

    def cheaper(what, ours, other, target):
        """How many times `other`'s CPU time `ours` would be content with."""
        ratio(what, other, ours, "server_cpu_s_per_Mmsg", target)

    lua, native = "node, Lua chain", "node, no scripts"
    ratio("Lua chain by tuned Netty, W=1 (msg/s)", f"{lua}, W=1", "netty tuned, W=1", "msg_per_s", 1.1)
    ratio("Lua chain by seed Netty, W=1 (msg/s)", f"{lua}, W=1", "netty seed, W=1", "msg_per_s", 2)
    cheaper("Lua chain by tuned Netty, W=16 (CPU)", f"{lua}, W=16", "netty tuned, W=16", 0.65)
    cheaper("Lua chain by seed Netty, W=16 (CPU)", f"{lua}, W=16", "netty seed, W=16", 8)
    ratio("p99 in open loop by tuned Netty's", f"{lua}, open", "netty tuned, open", "p99_us", 1, at_least=False)
    ratio("no scripts by echofwd, W=1 (msg/s)", f"{native}, W=1", "echofwd, W=1", "msg_per_s", 0.9)
    cheaper("no scripts by tuned Netty, W=16 (CPU)", f"{native}, W=16", "netty tuned, W=16", 1.25)
    ratio(
        "two loops, half the pairs crossing, by one (CPU)", "two loops, W=16", "one loop, W=16", "server_cpu_s_per_Mmsg", 1.2,
        at_least=False)
    verdicts.extend(idle(results.get("idle", [])))
    ours = [row for rows in results.values() for row in rows if row["ours"]]
    if ours:
        faulty = sum(not row["ok"] for row in ours)
        verdicts.append(Verdict("runs of the node with a message lost, doubled or out of order", faulty, 0, False, digits=0))
    # What the rules add: the chain less what a redirect costs anyway (scan, look-up, copy), which stands beside it in the pieces.
    costs = {row["name"]: row["nanoseconds"] for row in pieces if row.get("nanoseconds") is not None}
    if "price of Lua" in costs:
        verdicts.append(
            Verdict("Lua's price a message: the chain less the native redirect", costs["price of Lua"], 400, False, unit=" ns", digits=0))
    if "chain without" in costs:
        share = costs["price of budgets and numbers"] / costs["chain without"] * 100
        verdicts.append(Verdict("budgets and numbers by handler, of the chain without them", share, 10, False, unit=" %", digits=1))
    if "price of yield and resume" in costs:
        verdicts.append(Verdict("a yield and resume", costs["price of yield and resume"], 2000, False, unit=" ns", digits=0))
    return verdicts


def idle(rows):
    for row in rows[:1]:
        yield Verdict(f"resident bytes a connection, {row['conns']:,} idle", row["rss_per_conn_b"], 600, False, digits=0)
        yield Verdict("heartbeats lost", row["hb_sent"] - row["hb_echoed"], 0, False, digits=0)
        yield Verdict("memory after they left, by before", row["rss_after_kb"] / row["rss_before_kb"], 1.1, False)
        yield Verdict("logins a second", row["logins_per_s"], 10_000, True, digits=0, doubt=doubt([row]))
