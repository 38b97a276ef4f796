"""What is wrong with a file: collected, so that a hundred mistakes are told at once and not one by one."""

import difflib
from collections.abc import Iterable

import msgspec

from ticketing.kernel.errors import ImportRefused, TicketingError
from ticketing.kernel.i18n import Sentence

PROBLEMS_MAX = 1000
VALUE_SHOWN_MAX = 80


class ImportProblem(msgspec.Struct, frozen=True):
    """One mistake and where it stands.

    `table` is the TOML table or the sheet, `key` the id of the entry where it has one, `row` counts entries of
    the table from 1 (lines of a text file, rows of a sheet as the spreadsheet counts them), `column` is the
    field or the path to it, `value` what was found, cut short; these two may be sentences as well.
    """

    file: str
    table: str
    key: str
    row: int | None
    column: str
    value: str
    expected: Sentence

    def __str__(self) -> str:
        where = [self.file]
        if self.table:
            where.append(self.table)
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.key:
            where.append(f"“{self.key}”")
        if self.column:
            where.append(self.column)
        return f"{', '.join(where)}: {self.told}"

    @property
    def told(self) -> Sentence:
        """What was found, if anything, and what was expected."""
        if self.value:
            return Sentence("found %(value)s; expected %(expected)s", value=self.value, expected=self.expected)
        return Sentence("expected %(expected)s", expected=self.expected)


class Problems:
    """A list of problems that stops growing at `problems_max`; what comes after is only counted."""

    def __init__(self, problems_max: int = PROBLEMS_MAX) -> None:
        self.found: list[ImportProblem] = []
        self.count = 0
        self._problems_max = problems_max

    def add(
        self,
        file: str,
        expected: Sentence,
        *,
        table: str = "",
        key: str = "",
        row: int | None = None,
        column: str = "",
        value: object = "",
    ) -> None:
        """Note a problem. `value` may be anything that was found; it is shown as text, cut to 80 signs."""
        self.count += 1
        if len(self.found) < self._problems_max:
            self.found.append(ImportProblem(file, table, key, row, column, shown(value), expected))

    def refusal(self, kind: type[TicketingError]) -> TicketingError:
        """All that was found, as a refusal of that kind: ImportRefused, EntryRefused or HallRefused."""
        return kind(
            count=self.count, problems=tuple(self.found), told=tuple(problem.told for problem in self.found)
        )

    def refuse_if_any(self) -> None:
        """Raises ImportRefused with all that was found, if anything was."""
        if self.count:
            raise self.refusal(ImportRefused)


def shown(value: object) -> str:
    """A value as it is shown to the person who wrote it: short, and on one line."""
    if isinstance(value, Sentence):
        return value
    if value is None:
        return Sentence("nothing")
    # A huge number or a deep list is cut before it is printed, not after.
    if isinstance(value, int) and value.bit_length() > 256:
        return Sentence("a number of more than 70 digits")
    if isinstance(value, list):
        return Sentence("a list of %(count)s entries", count=len(value))
    if isinstance(value, dict):
        return Sentence("a table of %(count)s fields", count=len(value))
    text = " ".join(str(value)[: VALUE_SHOWN_MAX * 2].split())
    return text if len(text) <= VALUE_SHOWN_MAX else text[: VALUE_SHOWN_MAX - 1] + "…"


def one_of(choices: Iterable[str], wrong: str = "", *, choices_max: int = 12) -> Sentence:
    """`one of a, b, c`, with the nearest named first where `wrong` looks like a slip of the pen."""
    known = sorted(set(choices))
    nearest = difflib.get_close_matches(wrong[:80], known, n=1) if wrong else []
    listed = ", ".join(known[:choices_max]) + (", …" if len(known) > choices_max else "")
    if not known:
        return Sentence("an entry that exists; there is none yet")
    if nearest:
        return Sentence("%(nearest)s perhaps; one of %(choices)s", nearest=nearest[0], choices=listed)
    return Sentence("one of %(choices)s", choices=listed)


def has_control_signs(text: str) -> bool:
    """Are there signs in it that Postgres refuses (NUL) or that break a line of a log or a ticket?"""
    return any((ord(sign) < 32 and sign not in "\n\t") or ord(sign) == 127 for sign in text)
