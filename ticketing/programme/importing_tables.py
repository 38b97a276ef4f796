"""The tables of a programme file: their columns, which of them are needed, and what each may hold.

`docs/import.md` is this table in prose; a test holds them together.
"""

from typing import Any

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme import importing_values as values
from ticketing.programme.importing_values import Read, Unfit
from ticketing.programme.problems import Problems, one_of, shown


class Column(msgspec.Struct, frozen=True):
    """A field of a table. One that is not `required` may be left out or empty and takes `default`."""

    name: str
    read: Read
    required: bool = False
    default: Any = None


class Table(msgspec.Struct, frozen=True):
    """A table; `key` names the columns that tell its rows apart."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


class Row(msgspec.Struct):
    """An entry with its place in the file and its values, read."""

    file: str
    table: str
    number: int | None
    key: tuple[str, ...]
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The key as one text, for people."""
        return "/".join(self.key)


def _needed(name: str, read: Read) -> Column:
    return Column(name, read, required=True)


def _table(name: str, key: str, *columns: Column) -> Table:
    return Table(name, tuple(key.split()), columns)


FAMILIES = ("free", "school", "unlimited_pass", "other")
AGES = ("0+", "6+", "12+", "14+", "16+", "18+", "21+")
POSITION = Column("position", values.whole_number(0, 10_000), default=0)

TABLES = {
    table.name: table
    for table in (
        _table(
            "festival",
            "festival",
            _needed("festival", values.slug),
            _needed("name", values.translated),
            Column("tagline", values.translated, default={}),
            Column("organisers", values.list_of(values.text, length_max=50), default=[]),
            _needed("country", values.country),
            _needed("currency", values.currency),
            _needed("timezone", values.timezone),
            _needed("starts_on", values.day),
            _needed("ends_on", values.day),
            Column("colours", values.colours, default={}),
            Column("rules", values.rules, default={}),
        ),
        _table(
            "film",
            "film",
            _needed("film", values.slug),
            _needed("original_title", values.text),
            _needed("title", values.translated),
            _needed("directors", values.list_of(values.text, length_max=50)),
            _needed("year", values.whole_number(1888, 2200)),
            _needed("running_minutes", values.whole_number(1, 1440)),
            Column("countries", values.list_of(values.country, length_max=50), default=[]),
            _needed("age_category", values.choice(AGES)),
            Column("synopsis", values.long_translated, default={}),
            Column("visa_number", values.text),
            Column("certificate_number", values.text),
            Column("distributor", values.text),
        ),
        _table(
            "version",
            "version",
            _needed("version", values.slug),
            _needed("film", values.slug),
            _needed("audio", values.language),
            Column("subtitles", values.list_of(values.language, length_max=20), default=[]),
            _needed("kind", values.choice(("original", "dubbed", "voice_over"))),
        ),
        _table(
            "venue",
            "venue",
            _needed("venue", values.slug),
            _needed("name", values.translated),
            _needed("city", values.slug),
            _needed("city_name", values.translated),
            _needed("country", values.country),
            _needed("timezone", values.timezone),
            Column("address", values.translated, default={}),
        ),
        _table(
            "hall",
            "hall",
            _needed("hall", values.slug),
            _needed("venue", values.slug),
            _needed("name", values.translated),
            Column("file", values.text),
            Column("zones", values.zone_names, default={}),
        ),
        _table(
            "zone",
            "festival zone",
            _needed("festival", values.slug),
            _needed("zone", values.zone_id),
            _needed("name", values.translated),
            _needed("colour", values.colour),
            POSITION,
        ),
        _table(
            "tariff",
            "festival tariff",
            _needed("festival", values.slug),
            _needed("tariff", values.slug),
            _needed("name", values.translated),
            _needed("family", values.choice(FAMILIES)),
            Column("proof", values.translated, default={}),
            Column("public", values.yes_or_no, default=True),
            POSITION,
        ),
        _table(
            "price",
            "festival price_list zone tariff",
            _needed("festival", values.slug),
            Column("price_list", values.slug, default="standard"),
            _needed("zone", values.zone_id),
            _needed("tariff", values.slug),
            _needed("amount", values.whole_number(0, 1_000_000_000)),
        ),
        _table(
            "screening",
            "festival screening",
            _needed("festival", values.slug),
            _needed("screening", values.slug),
            Column("kind", values.choice(("film", "meeting"))),
            Column("film", values.slug),
            Column("version", values.slug),
            Column("title", values.translated),
            _needed("hall", values.slug),
            _needed("starts_at", values.moment),
            Column("ends_at", values.moment),
            Column("doors_at", values.moment),
            Column("doors_minutes_before", values.whole_number(0, 1440), default=30),
            Column("sales_open_at", values.moment),
            Column("sales_close_at", values.moment),
            Column("sales_close_minutes_after_start", values.whole_number(0, 1440), default=0),
            Column("audience", values.choice(("public", "invitation", "accredited")), default="public"),
            Column("status", values.choice(("draft", "published", "cancelled")), default="published"),
            Column("price_list", values.slug, default="standard"),
            Column("accredited_places", values.whole_number(0, 100_000)),
        ),
        _table(
            "rental",
            "festival rental",
            _needed("festival", values.slug),
            _needed("rental", values.slug),
            _needed("film", values.slug),
            Column("screening", values.slug),
            _needed("distributor", values.text),
            Column("rate_basis_points", values.basis_points),
            Column("flat_amount", values.whole_number(0, 1_000_000_000)),
            Column("flat_currency", values.currency),
        ),
        _table(
            "allotment",
            "screening allotment",
            _needed("screening", values.slug),
            _needed("allotment", values.slug),
            _needed("owner", values.text),
            _needed("seats", values.list_of(values.text)),
            Column("release_at", values.moment),
            Column("release_minutes_before", values.whole_number(0, 43_200)),
            Column("tariffs", values.list_of(values.slug, length_max=10), default=[]),
        ),
        _table(
            "voucher",
            "festival voucher",
            _needed("festival", values.slug),
            _needed("voucher", values.voucher_code),
            _needed("percent", values.whole_number(1, 100)),
            _needed("uses_max", values.whole_number(1, 1_000_000)),
            _needed("valid_until", values.moment),
        ),
    )
}


def read_row(file: str, table: Table, number: int, entry: dict[str, Any], problems: Problems) -> Row | None:
    """The entry as a row, or None with every reason noted: unknown fields, missing ones, values that don't fit."""
    before = problems.count
    columns = {column.name: column for column in table.columns}
    key = "/".join(shown(entry.get(name, "")) for name in table.key)

    def wrong(column: str, expected: Sentence, value: Any) -> None:
        problems.add(file, expected, table=table.name, key=key, row=number, column=column, value=value)

    for name in entry:
        if name not in columns:
            wrong(name, Sentence("a known field, %(rest)s", rest=one_of(columns, name)), name)
    found: dict[str, Any] = {}
    for column in table.columns:
        value = entry.get(column.name)
        if value is None or value == "":
            if column.required:
                wrong(column.name, Sentence("a value"), None)
            found[column.name] = column.default
            continue
        try:
            found[column.name] = column.read(value)
        except Unfit as unfit:
            wrong(column.name, unfit.expected, value)
    if problems.count > before:
        return None
    return Row(file, table.name, number, tuple(str(found[name]) for name in table.key), found)
