"""Results as Markdown tables, which read well in a terminal, too."""

import datetime

import machine
from verdicts import median, quiet

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"

RUN_COLUMNS = [
    ("msg/s", "msg_per_s", "{:,.0f}"), ("CPU s/M", "server_cpu_s_per_Mmsg", "{:.3f}"), ("p50 us", "p50_us", "{:,.0f}"),
    ("p99 us", "p99_us", "{:,.0f}"), ("logins/s", "logins_per_s", "{:,.0f}")]


def table(head, rows):
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(cells):
        first, *rest = (cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(cells, widths)))
        return "| " + " | ".join([first, *rest]) + " |"

    rule = ["-" * width if at == 0 else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
    return "\n".join(line(cells) for cells in [head, rule, *rows])


def text(plan, results, pieces, verdicts, compared):
    kind = "one short round: whether it works, not how fast it is" if plan.quick else f"medians of {plan.rounds} rounds"
    peers = "" if compared else "; no other servers here, load by the own generator"
    parts = [f"{datetime.date.today()}, {machine.description()}; {kind}{peers}."]
    if verdicts:
        parts.append(table(["target", "measured", "wanted", "verdict"], [verdict.cells() for verdict in verdicts]))
    if results:
        parts.append(table(["run", *(name for name, _, _ in RUN_COLUMNS), "quiet runs"], [run_cells(results, label) for label in results]))
    if pieces:
        head = ["piece", "ns", "least ns", "allocations", "bytes"]
        parts.append(table(head, [piece_cells(row) for row in pieces]))
    return "\n\n".join(parts)


def run_cells(results, label):
    rows = results[label]
    # An idle run has no messages to speak of.
    columns = [(key, form) for _, key, form in RUN_COLUMNS]
    cells = []
    for key, form in columns:
        value = median(results, label, key)
        meant = value is not None and (rows[0].get("mode") != "idle" or key in ("p50_us", "p99_us", "logins_per_s"))
        cells.append(form.format(value) if meant else "")
    known = all("others_cpu_pct" in row for row in rows)
    return [label, *cells, f"{len(quiet(rows))} of {len(rows)}" if known else "not known"]


def piece_cells(row):
    def number(key, digits):
        value = row.get(key)
        return "" if value is None else f"{value:,.{digits}f}"

    return [row["name"], number("nanoseconds", 1), number("least", 1), number("allocations", 2), number("bytes", 0)]


def write(path, tables):
    """Puts the tables between the marks of a file."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"scripts/bench: {path} has no lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}")
