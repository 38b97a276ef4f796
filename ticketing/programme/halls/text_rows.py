"""The hall as plain text: one line a row, nearest the screen first. `docs/halls.md` shows it.

A line of seats is the row's name and its seats from left to right, facing the screen: `C 1-4 _ 5-8`. `_` is an
aisle one seat wide, `_3` three. A letter after the number marks the seat: `w` wheelchair, `c` companion, `r`
restricted view; `@zone` gives it a price zone. `# name` opens a section, `word: value` is a directive. A sheet of
a spreadsheet is the same, one cell a seat; there an empty cell is an aisle.
"""

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls.building import (
    ROW_PITCH_CM,
    SEAT_PITCH_CM,
    Run,
    accept,
    assign_companions,
    frame,
)
from ticketing.programme.halls.text_sections import read_section
from ticketing.programme.layout import (
    PLACES_MAX,
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    seat_label,
)
from ticketing.programme.problems import Problems, one_of

LINES_MAX = 5000
TOKENS_MAX = 2000
SECTION_GAP_CM = 150.0
AREA_CM2_PER_PERSON = 5000.0
KIND_OF_MARKER = {
    "": SeatKind.STANDARD,
    "w": SeatKind.WHEELCHAIR,
    "c": SeatKind.COMPANION,
    "r": SeatKind.RESTRICTED,
}
SEAT = re.compile(
    r"(?P<first>\d{1,4}[A-ZА-Я]?)(?:-(?P<last>\d{1,4}))?(?P<marker>[wcr]?)(?:@(?P<zone>[^@\s]{1,40}))?"
)
AISLE = re.compile(r"_(?P<width>\d{0,2})|_+")
DIRECTIVE = re.compile(r"(?P<word>[A-Za-z_]+):\s*(?P<value>.*)")
SEAT_EXPECTED = Sentence("a seat such as 7, 7w, 7c, 7r or 7@premium, a range such as 1-8, or _ for an aisle")
ROW_EXPECTED = Sentence("at most %(most)s seats in a row", most=TOKENS_MAX)


class _Line(msgspec.Struct):
    """Where in the text we are."""

    number: int
    tokens: Sequence[str]


class TextHall:
    """The hall as it grows line by line."""

    def __init__(self, file: str, problems: Problems, *, sheet: str = "") -> None:
        self._file, self._table, self._problems = file, sheet, problems
        # In a sheet the columns are the hall's: rows are not moved to the middle.
        self._centred = not sheet
        self._sections: list[LayoutSection] = []
        self._runs: list[list[Run]] = []
        self._areas: list[LayoutArea] = []
        self._zone = "standard"
        self._seat_pitch, self._row_pitch, self._curve = SEAT_PITCH_CM, ROW_PITCH_CM, 0.0
        self._y = 0.0
        self._places = 0
        self._directives: dict[str, Callable[[int, str], None]] = {
            "zone": self._set_zone,
            "pitch": self._set_pitch,
            "gap": self._add_gap,
            "align": self._set_align,
            "curve": self._set_curve,
            "area": self._add_area,
        }

    def read(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Layout | None:
        """The layout of numbered lines, each a list of words; None with every reason noted."""
        before = self._problems.count
        for count, (number, tokens) in enumerate(lines, start=1):
            if count > LINES_MAX or self._places > PLACES_MAX:
                expected = Sentence(
                    "at most %(lines)s lines and %(places)s places", lines=LINES_MAX, places=PLACES_MAX
                )
                self._wrong(number, "", expected, "")
                break
            self._line(number, tokens)
        if not self._places and self._problems.count == before:
            self._wrong(None, "", Sentence("at least one row such as: A 1-10"), "")
        if self._problems.count > before:
            return None
        half = max((abs(seat.x) for seat in self._seats()), default=0.0) or 1.0
        rows = [[[self._bent(seat, half) for seat in run] for run in row] for row in self._runs]
        runs = assign_companions([run for row in rows for run in row])
        return accept(frame(runs, self._wide_areas(), self._sections), self._file, self._problems)

    def _line(self, number: int, tokens: Sequence[str]) -> None:
        text = " ".join(tokens).strip()
        if not text or text.startswith(";"):
            return
        if len(tokens) > TOKENS_MAX:
            self._wrong(number, "", ROW_EXPECTED, len(tokens))
        elif text.startswith("#"):
            self._open_section(number, text)
        elif match := DIRECTIVE.fullmatch(text):
            word = match["word"].lower()
            if word in self._directives:
                self._directives[word](number, match["value"].strip())
            else:
                expected = Sentence("a directive, %(rest)s", rest=one_of(self._directives, word))
                self._wrong(number, "", expected, word)
        else:
            self._add_row(number, tokens)

    def _open_section(self, number: int, text: str) -> None:
        section = read_section(text)
        if isinstance(section, Sentence):
            self._wrong(number, "section", section, text)
            return
        if self._sections:
            self._y += SECTION_GAP_CM
        self._sections.append(section)

    def _add_row(self, number: int, tokens: Sequence[str]) -> None:
        if not self._sections:
            self._sections.append(LayoutSection(""))
        section, row = self._sections[-1].section, tokens[0].strip()
        runs: list[Run] = [[]]
        x = 0.0
        for column, token in enumerate(tokens[1:], start=2):
            if aisle := (AISLE.fullmatch(token) if token else None):
                x += self._seat_pitch * (int(aisle["width"]) if aisle["width"] else len(token))
                runs.append([])
                continue
            if not token:
                x += self._seat_pitch
                runs.append([])
                continue
            for seat in self._seats_of(number, column, token, section, row):
                runs[-1].append(msgspec.structs.replace(seat, x=x, y=self._y))
                x += self._seat_pitch
        placed = [run for run in runs if run]
        if not placed:
            self._wrong(number, row, Sentence("at least one seat after the row's name"), "")
            return
        if self._centred:
            middle = (x - self._seat_pitch) / 2
            placed = [[msgspec.structs.replace(seat, x=seat.x - middle) for seat in run] for run in placed]
        self._places += sum(map(len, placed))
        self._runs.append(placed)
        self._y += self._row_pitch

    def _seats_of(self, line: int, column: int, token: str, section: str, row: str) -> list[LayoutSeat]:
        place = Sentence("%(row)s, word %(column)s", row=row, column=column)
        match = SEAT.fullmatch(token)
        if match is None or (match["last"] and not match["first"].isdigit()):
            self._wrong(line, place, SEAT_EXPECTED, token)
            return []
        numbers = [match["first"]]
        if match["last"]:
            first, last = int(match["first"]), int(match["last"])
            step = 1 if last >= first else -1
            numbers = [str(seat) for seat in range(first, last + step, step)]
        if len(numbers) > TOKENS_MAX:
            self._wrong(line, place, ROW_EXPECTED, token)
            return []
        return [
            LayoutSeat(
                seat=seat_label(section, row, seat),
                section=section,
                row=row,
                number=seat,
                x=0.0,
                y=0.0,
                zone=match["zone"] or self._zone,
                kind=KIND_OF_MARKER[match["marker"]],
            )
            for seat in numbers
        ]

    def _set_zone(self, _line: int, value: str) -> None:
        self._zone = value

    def _set_align(self, line: int, value: str) -> None:
        if value not in ("left", "centre"):
            self._wrong(line, "align", Sentence("left or centre"), value)
        self._centred = value == "centre"

    def _set_pitch(self, line: int, value: str) -> None:
        match = re.fullmatch(r"(\d{2,3})\s*(?:x|×|\s)\s*(\d{2,3})", value)
        if match is None:
            expected = Sentence("centimetres from seat to seat and from row to row, such as 55 x 95")
            self._wrong(line, "pitch", expected, value)
        else:
            self._seat_pitch, self._row_pitch = float(match[1]), float(match[2])

    def _add_gap(self, line: int, value: str) -> None:
        self._y += self._centimetres(line, "gap", value)

    def _set_curve(self, line: int, value: str) -> None:
        self._curve = self._centimetres(line, "curve", value)

    def _centimetres(self, line: int, column: str, value: str) -> float:
        if not re.fullmatch(r"\d{1,4}", value):
            self._wrong(line, column, Sentence("centimetres from 0 to 9999"), value)
            return 0.0
        return float(value)

    def _add_area(self, line: int, value: str) -> None:
        match = re.fullmatch(r"(\S+)\s+(\d{1,5})(?:\s+@(\S+))?", value)
        if match is None:
            expected = Sentence("a name, how many people and perhaps a zone, such as parterre 80 @standing")
            self._wrong(line, "area", expected, value)
            return
        if not self._sections:
            self._sections.append(LayoutSection(""))
        capacity = int(match[2])
        depth = area_depth_cm(capacity)
        self._areas.append(LayoutArea(match[1], capacity, match[3] or self._zone, 0.0, self._y, 0.0, depth))
        self._places += capacity
        self._y += depth + ROW_PITCH_CM / 2

    def _wide_areas(self) -> list[LayoutArea]:
        """Areas as wide as the rows, which are known only now; ten metres where there are none."""
        xs = [seat.x for seat in self._seats()] or [-500.0, 500.0]
        left, width = min(xs) - SEAT_PITCH_CM / 2, max(xs) - min(xs) + SEAT_PITCH_CM
        return [msgspec.structs.replace(area, x=left, width=width) for area in self._areas]

    def _bent(self, seat: LayoutSeat, half: float) -> LayoutSeat:
        """Towards the screen at both ends, as rows of a cinema are."""
        return msgspec.structs.replace(seat, y=seat.y - self._curve * (seat.x / half) ** 2)

    def _seats(self) -> Iterable[LayoutSeat]:
        return (seat for row in self._runs for run in row for seat in run)

    def _wrong(self, line: int | None, column: str, expected: Sentence, value: object) -> None:
        self._problems.add(self._file, expected, table=self._table, row=line, column=column, value=value)


def area_depth_cm(capacity: int) -> float:
    """How deep an area for so many people is drawn, ten metres wide; one row at least."""
    return max(ROW_PITCH_CM, capacity * AREA_CM2_PER_PERSON / 1000.0)


def read_text(content: bytes, file: str, problems: Problems) -> Layout | None:
    """The layout of a text file in UTF-8, or None with every reason noted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(file, Sentence("text in UTF-8"), value=Sentence("byte %(number)s", number=error.start))
        return None
    lines = enumerate(text.splitlines(), start=1)
    return TextHall(file, problems).read((number, line.partition(";")[0].split()) for number, line in lines)


def read_cells(
    rows: Iterable[tuple[int, Sequence[str]]], file: str, sheet: str, problems: Problems
) -> Layout | None:
    """The layout of a sheet, one cell a seat, its rows numbered as the spreadsheet does."""
    return TextHall(file, problems, sheet=sheet).read(rows)
