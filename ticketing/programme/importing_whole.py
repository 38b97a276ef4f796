"""The programme as it would be after an import: what the database has, overlaid by what the file says."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_files import ProgrammeFile
from ticketing.programme.importing_tables import TABLES, Row
from ticketing.programme.layout import Layout, layout_id
from ticketing.programme.problems import Problems, one_of

Facts = dict[str, Any]


class Existing(msgspec.Struct):
    """What the database has: rows by table, as `read_programme_now` answers them, and layouts by id."""

    tables: dict[str, list[Facts]]
    layouts: dict[str, Layout]


class ProgrammeWarning(msgspec.Struct, frozen=True):
    """Something that may be meant but should be known. `code` is stable, `key` the id of what it is about."""

    code: str
    key: str
    text: Sentence


class Whole:
    """Where the rows of a file find what they refer to. What is wrong or worth knowing is collected here."""

    def __init__(self, file: ProgrammeFile, existing: Existing, problems: Problems) -> None:
        self.file = file
        self.existing = existing
        self.problems = problems
        self.warnings: list[ProgrammeWarning] = []
        self._facts: dict[str, dict[tuple[str, ...], Facts]] = {
            name: {
                tuple(str(facts[column]) for column in table.key): facts for facts in existing.tables.get(name, [])
            }
            for name, table in TABLES.items()
            if name != "screening"
        }
        for table, rows in file.rows.items():
            self._facts.setdefault(table, {}).update({row.key: row.values for row in rows})
        self._layout_ids = {facts["hall"]: facts["layout_id"] for facts in existing.tables.get("hall", [])}
        """Of each hall, as the database has it."""
        self._new = {hall: layout_id(layout) for hall, layout in file.layouts.items()}
        """The layouts that the file brings, those that it merely repeats included."""
        self._pinned = {
            (facts["screening_id"], facts["hall_id"]): facts["layout_id"]
            for facts in existing.tables.get("screening", [])
        }

    def rows(self, table: str) -> list[Row]:
        """The rows of the file in that table."""
        return self.file.rows.get(table, [])

    def has(self, table: str, *key: str) -> bool:
        """Is there such a row, readable or not?"""
        return key in self._facts.get(table, {}) or (table, key) in self.file.mentioned

    def all(self, table: str) -> dict[tuple[str, ...], Facts]:
        """Every row of a table, by key."""
        return self._facts.get(table, {})

    def find(self, row: Row, column: str, table: str, *key: str) -> Facts | None:
        """The row that `row` refers to in `column`; None where it is unknown, which is noted, or unreadable."""
        facts = self._facts[table].get(key)
        if facts is None and (table, key) not in self.file.mentioned:
            siblings = [known[-1] for known in self._facts[table] if known[:-1] == key[:-1]]
            rest = one_of(siblings, key[-1])
            expected = (
                Sentence(
                    "a %(table)s of %(festival)s that exists, %(rest)s", table=table, festival=key[0], rest=rest
                )
                if len(key) > 1
                else Sentence("a %(table)s that exists, %(rest)s", table=table, rest=rest)
            )
            self.wrong(row, column, expected, key[-1])
        return facts

    def layout_id_of_hall(self, hall: str) -> str | None:
        """The id of the layout that the hall has after the import; None where it has none, or an unreadable one."""
        return self._new.get(hall) or self._layout_ids.get(hall)

    def layout_of_screening(self, screening_id: str, hall: str) -> Layout | None:
        """The layout of a screening in that hall after the import; None where it could not be read.

        One that stays in its hall keeps the layout it pins, unless the file brings the hall another than it has.
        """
        pinned = self._pinned.get((screening_id, hall))
        if pinned is not None and self.layout_id_of_hall(hall) == self._layout_ids.get(hall):
            return self.existing.layouts.get(pinned)
        if hall in self.file.layouts:
            return self.file.layouts[hall]
        return self.existing.layouts.get(self._layout_ids.get(hall, ""))

    def wrong(self, row: Row, column: str, expected: Sentence, value: object = "") -> None:
        """Note a problem of a row."""
        self.problems.add(
            row.file, expected, table=row.table, key=row.name, row=row.number, column=column, value=value
        )

    def warn(self, code: str, key: str, text: Sentence) -> None:
        """Note what may be meant."""
        self.warnings.append(ProgrammeWarning(code, key, text))

    def at(self, row: Row, column: str, zone: str) -> datetime | None:
        """The moment in `column`, read in `zone` where the file gives no offset; None where there is none.

        Answered in UTC: two times of one zone are subtracted as if its clocks never changed. A time that the
        clocks skip, or pass twice, is a problem: it needs an offset.
        """
        found: datetime | None = row.values[column]
        if found is None or found.tzinfo is not None:
            return found and found.astimezone(UTC)
        local = found.replace(tzinfo=ZoneInfo(zone))
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            expected = Sentence("a time with its offset: clocks in %(zone)s are changed in this hour", zone=zone)
            self.wrong(row, column, expected, found)
        return local.astimezone(UTC)

    def zone_of_hall(self, hall: str) -> ZoneInfo:
        """The zone in which the times of a hall are shown; UTC where its venue is unknown."""
        venue = self._facts["hall"].get((hall,), {}).get("venue", "")
        return ZoneInfo(self._facts["venue"].get((venue,), {}).get("timezone", "UTC"))
