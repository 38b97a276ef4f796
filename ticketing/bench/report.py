"""The table, for people, and the same as JSON, for machines."""

import os
import platform
import statistics
from pathlib import Path

import msgspec
import psutil

from ticketing.bench.live import LiveResult
from ticketing.bench.load import Load


class Line(msgspec.Struct, frozen=True):
    """A hot path beside its floor. Rates are medians over the rounds; ``ratio`` is the median of their ratios."""

    path: str
    tickets: int
    ours_per_s: float
    floor_per_s: float
    ratio: float
    at_least: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    floor_p99_ms: float
    check: str

    @property
    def reached(self) -> bool:
        """Whether the budget is kept."""
        return self.ratio >= self.at_least


class Report(msgspec.Struct, frozen=True):
    """A whole run."""

    machine: dict[str, str]
    lines: list[Line]
    live: LiveResult | None
    web_memory_mb: float


def machine() -> dict[str, str]:
    """What was measured on."""
    return {
        "cores": str(os.cpu_count()),
        "memory_gb": str(round(psutil.virtual_memory().total / 2**30)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def line_of(name: str, at_least: float, tickets: int, rounds: list[tuple[Load, Load]], check: str) -> Line:
    """A line from its rounds, each a pair of floor and ours."""
    latencies = [ours for _, ours in rounds]
    merged = Load(0, 0, [latency for load in latencies for latency in load.latencies_ms], {})
    floors = Load(0, 0, [latency for floor, _ in rounds for latency in floor.latencies_ms], {})
    return Line(
        path=name,
        tickets=tickets,
        ours_per_s=statistics.median(ours.per_second for _, ours in rounds),
        floor_per_s=statistics.median(floor.per_second for floor, _ in rounds),
        ratio=statistics.median(ours.per_second / floor.per_second for floor, ours in rounds),
        at_least=at_least,
        p50_ms=merged.percentile_ms(50),
        p95_ms=merged.percentile_ms(95),
        p99_ms=merged.percentile_ms(99),
        floor_p99_ms=floors.percentile_ms(99),
        check=check,
    )


def table(report: Report) -> str:
    """The report as text."""
    head = ("path", "tickets", "ours/s", "floor/s", "ratio", "aim", "p50", "p95", "p99", "floor p99", "checked")
    rows = [
        (
            line.path,
            f"{line.tickets:,}",
            f"{line.ours_per_s:,.0f}",
            f"{line.floor_per_s:,.0f}",
            f"{line.ratio:.2f}",
            f"{line.at_least:.2f} {'✓' if line.reached else '✗'}",
            f"{line.p50_ms:.1f}",
            f"{line.p95_ms:.1f}",
            f"{line.p99_ms:.1f}",
            f"{line.floor_p99_ms:.1f}",
            line.check,
        )
        for line in report.lines
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(
            text.ljust(width) if column in (0, len(head) - 1) else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]
    if report.live is not None:
        live = report.live
        ok = live.p99_ms <= 250 and live.memory_kb_a_client <= 30 and not live.missed
        lines += [
            "",
            (
                f"live: {live.changes} changes to {live.clients} viewers: p50 {live.p50_ms:.0f} ms, "
                f"p95 {live.p95_ms:.0f} ms, p99 {live.p99_ms:.0f} ms (at most 250), "
                f"{live.memory_kb_a_client:.1f} KB a viewer (at most 30), {live.missed} missed {'✓' if ok else '✗'}"
            ),
        ]
    facts = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    return "\n".join([*lines, "", f"web processes: {report.web_memory_mb:.0f} MB in all; {facts}"])
