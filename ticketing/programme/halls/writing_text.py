"""A layout as text rows, for people to read and to change by hand. `text_rows.py` reads it again.

Text says who sits beside whom, row by row; exact places only as far as rows are straight or evenly bent, and
stand in the middle of the hall or at a common left edge.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from statistics import median

from ticketing.kernel.errors import FormatTooNarrow
from ticketing.programme.halls.building import ROW_PITCH_CM, SEAT_PITCH_CM
from ticketing.programme.halls.text_rows import KIND_OF_MARKER, SECTION_GAP_CM, area_depth_cm
from ticketing.programme.layout import Layout, LayoutSeat, LayoutSection

MARKER_OF_KIND = {kind: marker for marker, kind in KIND_OF_MARKER.items()}
STRAY_PITCHES_MAX = 0.25
"""Rows whose middles differ by no more than this many seats stand in the middle of the hall."""
NUMBER = re.compile(r"\d{1,4}[A-ZА-Я]?")
AISLE_WIDTH_MAX = 99
GAP_CM_MAX = 9999

Runs = list[list[LayoutSeat]]


def write_text(layout: Layout) -> bytes:
    """The lines of a layout, nearest the screen first, in UTF-8.

    Raises:
        FormatTooNarrow: a seat has a name that would be read as another's, or as a sign.
    """
    for seat in layout.seats:
        if not NUMBER.fullmatch(seat.number):
            raise FormatTooNarrow(format="text", problem=seat.seat)
    return ("\n".join(_Writer(layout).lines()) + "\n").encode()


class _Writer:
    """The text as it grows; ``y`` is where the reader of it would put the next row."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._rows = rows_of_runs(layout)
        runs = [run for row in self._rows for run in row]
        # Along the hall, not along the bend: so the reader lays seats out before it bends their row.
        gaps = [abs(other.x - one.x) for run in runs for one, other in pairwise(run) if one.x != other.x]
        self._pitch = _clamped(median(gaps) if gaps else SEAT_PITCH_CM, 20, 999)
        middles = [(row[0][0].x + row[-1][-1].x) / 2 for row in self._rows]
        self._left = min((seat.x for run in runs for seat in run), default=0.0)
        right = max((seat.x for run in runs for seat in run), default=0.0)
        self._middle = median(middles) if middles else 0.0
        stray = max((abs(middle - self._middle) for middle in middles), default=0.0)
        self._centred = stray <= STRAY_PITCHES_MAX * self._pitch
        # What the reader bends rows around: the middle of the hall, or its left edge.
        self._pivot = self._middle if self._centred else self._left
        self._half = max(right - self._pivot, self._pivot - self._left) or 1.0
        self._curve = self._bend()
        self._tops = [self._flat_y(row) for row in self._rows]
        placed = pairwise(zip(self._rows, self._tops, strict=True))
        # Between two sections lies more.
        steps = [below[1] - above[1] for above, below in placed if _section(above[0]) == _section(below[0])]
        steps = [step for step in steps if step > 1]
        self._row_pitch = _clamped(median(steps) if steps else ROW_PITCH_CM, 20, 999)
        self._y = 0.0
        self._zone = "standard"
        self._areas = list(layout.areas)

    def lines(self) -> Iterable[str]:
        """One line at a time."""
        yield f"pitch: {self._pitch} x {self._row_pitch}"
        if self._curve:
            yield f"curve: {self._curve}"
        if not self._centred:
            yield "align: left"
        top = min([*self._tops, *(area.y for area in self._layout.areas)], default=0.0)
        placed = list(zip(self._rows, self._tops, strict=True))
        opened = False
        for section in self._layout.sections:
            rows = [entry for entry in placed if _section(entry[0]) == section.section]
            if section.section or opened:
                yield section_line(section)
                self._y += SECTION_GAP_CM if opened else 0
            opened = True
            for row, row_top in rows:
                yield from self._area_lines(row_top - top)
                gap = round(row_top - top - self._y)
                if 1 <= gap <= GAP_CM_MAX:
                    yield f"gap: {gap}"
                    self._y += gap
                yield from self._row_lines(row)
                self._y += self._row_pitch
        yield from self._area_lines(float("inf"))

    def _row_lines(self, row: Runs) -> Iterable[str]:
        zone = Counter(seat.zone for run in row for seat in run).most_common(1)[0][0]
        if zone != self._zone:
            self._zone = zone
            yield f"zone: {zone}"
        words = [row[0][0].row]
        if not self._centred and (offset := round((row[0][0].x - self._left) / self._pitch)):
            words.append(_aisle(offset))
        for index, run in enumerate(row):
            if index:
                # A run may go on where the one before it ends: even so there is an aisle between.
                words.append(_aisle(round((run[0].x - row[index - 1][-1].x) / self._pitch) - 1))
            words += self._seat_words(run)
        yield " ".join(words)

    def _seat_words(self, run: Sequence[LayoutSeat]) -> list[str]:
        words: list[str] = []
        for mark, alike in groupby(run, key=self._mark):
            for first, last in number_ranges([seat.number for seat in alike]):
                words.append((first if first == last else f"{first}-{last}") + mark)
        return words

    def _mark(self, seat: LayoutSeat) -> str:
        return MARKER_OF_KIND[seat.kind] + ("" if seat.zone == self._zone else f"@{seat.zone}")

    def _area_lines(self, until_y: float) -> Iterable[str]:
        """The areas that begin above a row."""
        top = min([*self._tops, *(area.y for area in self._layout.areas)], default=0.0)
        while self._areas and self._areas[0].y - top < until_y - 0.5:
            area = self._areas.pop(0)
            yield f"area: {area.area} {area.capacity} @{area.zone}"
            self._y += area_depth_cm(area.capacity) + ROW_PITCH_CM / 2

    def _bend(self) -> int:
        """How much nearer the screen the ends of the widest row are, by least squares over all rows."""
        above = below = 0.0
        for row in self._rows:
            seats = [seat for run in row for seat in run]
            innermost = min(seats, key=lambda seat: abs(self._across(seat)))
            for seat in (seats[0], seats[-1]):
                difference = self._across(seat) ** 2 - self._across(innermost) ** 2
                above += difference * (innermost.y - seat.y)
                below += difference**2
        return _clamped(above / below, 0, GAP_CM_MAX) if below else 0

    def _across(self, seat: LayoutSeat) -> float:
        """How far a seat is from the middle: 1 at the end of the widest row."""
        return (seat.x - self._pivot) / self._half

    def _flat_y(self, row: Runs) -> float:
        seats = [seat for run in row for seat in run]
        return median(seat.y + self._curve * self._across(seat) ** 2 for seat in seats)


def rows_of_runs(layout: Layout) -> list[Runs]:
    """The rows in the order of the layout, each as its runs."""
    rows: list[Runs] = []
    for first, length in layout.runs:
        run = list(layout.seats[first : first + length])
        if rows and (rows[-1][0][0].section, rows[-1][0][0].row) == (run[0].section, run[0].row):
            rows[-1].append(run)
        else:
            rows.append([run])
    return rows


def number_ranges(numbers: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Numbers that go up or down by one, as first and last; others alone: `1, 2, 3, 7` is 1-3 and 7-7."""
    position = 0
    while position < len(numbers):
        end = position
        step = 0
        while end + 1 < len(numbers) and _plain(numbers[end]) and _plain(numbers[end + 1]):
            following = int(numbers[end + 1]) - int(numbers[end])
            if abs(following) != 1 or (step and following != step):
                break
            step = following
            end += 1
        yield numbers[position], numbers[end]
        position = end + 1


def _section(row: Runs) -> str:
    return row[0][0].section


def section_line(section: LayoutSection) -> str:
    """`# balcony | kk Балкон`; signs that part names are left out."""
    names = [f" | {language} {_one_line(name)}" for language, name in section.name.items() if _one_line(name)]
    return f"# {section.section}{''.join(names)}"


def _one_line(name: str) -> str:
    return " ".join(name.replace("|", " ").replace(";", ",").split())


def _plain(number: str) -> bool:
    # 007 is a name, not seven.
    return number.isascii() and number.isdigit() and len(number) <= 4 and str(int(number)) == number


def _aisle(width: int) -> str:
    return "_" if width <= 1 else f"_{min(width, AISLE_WIDTH_MAX)}"


def _clamped(value: float, least: int, most: int) -> int:
    return max(least, min(most, round(value)))
