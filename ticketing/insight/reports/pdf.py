"""Reports as PDF: A4 across, numbered pages, a page or more for each statement and return."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import typst

from ticketing.insight.reports.paper import Paper
from ticketing.kernel.errors import ReportTooLong
from ticketing.tickets.pdf import typeset

# A page holds some thirty rows: more is for a spreadsheet, and would take a thread for minutes.
PDF_ROWS_MAX: Final = 3_000
TEXT_SIGNS_MAX: Final = 1_000


class PrintedReport(msgspec.Struct, frozen=True):
    """What stands on the pages. ``covers`` says which festival and days, ``foot`` stands on every page; ``apart``:
    each paper begins a page.
    """

    lang: str
    title: str
    covers: str
    notice: str
    nothing: str
    foot: str
    apart: bool
    papers: Sequence[Paper]


def write_pdf(report: PrintedReport) -> bytes:
    """The report as PDF/UA, in our own font. Takes its time: call it in a thread.

    Raises:
        ReportTooLong: more than ``PDF_ROWS_MAX`` rows.
    """
    if sum(len(table.rows) for paper in report.papers for table in paper.tables) > PDF_ROWS_MAX:
        raise ReportTooLong(rows_max=PDF_ROWS_MAX)
    inputs = {"report": msgspec.json.encode(_printable(msgspec.to_builtins(report))).decode()}
    try:
        return typeset(_template(), inputs, ["ua-1"])
    except typst.TypstError:
        # A sign that the font lacks is enough to miss the standard for accessible documents: a box stands for it.
        return typeset(_template(), inputs, [])


@cache
def _template() -> bytes:
    return Path(__file__).with_name("report.typ").read_bytes()


def _printable(value: object) -> object:
    """The same with every text cut, and without signs that have no shape in any font."""
    match value:
        case str():
            clean = "".join(sign if sign.isprintable() or sign == "\u00a0" else " " for sign in value)
            return clean if len(clean) <= TEXT_SIGNS_MAX else clean[: TEXT_SIGNS_MAX - 1] + "…"
        case dict():
            return {name: _printable(one) for name, one in value.items()}
        case list() | tuple():
            return [_printable(one) for one in value]
        case _:
            return value
