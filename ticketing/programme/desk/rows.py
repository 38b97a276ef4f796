"""An entry as rows of a file that has nothing else in it, so that the import's rules can read it. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from ticketing.kernel.i18n import Sentence
from ticketing.programme.desk.model import EntryTable, Fields
from ticketing.programme.importing_files import ProgrammeFile
from ticketing.programme.importing_tables import TABLES, Row, read_row
from ticketing.programme.problems import Problems

FILE: Final = "desk"
"""Where problems say that a row stands: no file of that name is read."""


def file_of(table: EntryTable, fields: Fields, problems: Problems) -> ProgrammeFile:
    """The rows that an entry is; what can't be read of it is noted."""
    entries = _prices(fields, problems) if table == "price_list" else [fields]
    name = "price" if table == "price_list" else table
    rows = [row for number, one in enumerate(entries, start=1) if (row := _row(name, number, one, problems))]
    return ProgrammeFile({name: rows}, {}, {(name, row.key) for row in rows})


def _row(name: str, number: int, fields: Fields, problems: Problems) -> Row | None:
    said = {column: value for column, value in fields.items() if value not in (None, "", {})}
    return read_row(FILE, TABLES[name], number, said, problems)


def _prices(fields: Fields, problems: Problems) -> Iterator[dict[str, Any]]:
    """One row a price. A field of their own has each, so that a wrong one is told where it stands."""
    amounts = fields.get("amounts")
    if not isinstance(amounts, dict) or not amounts:
        problems.add(FILE, Sentence("at least one price"), table="price_list", column="amounts")
        return
    for place, amount in amounts.items():
        zone, _, tariff = str(place).partition(":")
        yield {
            "festival": fields.get("festival"),
            "price_list": fields.get("price_list"),
            "zone": zone,
            "tariff": tariff,
            "amount": amount,
        }
