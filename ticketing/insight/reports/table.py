"""Reports as tables, for the formats that have nothing else."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from ticketing.kernel.money import MINOR_UNITS_PER_UNIT, Money

# A Decimal is an amount of money in whole units; a datetime has the offset of its venue.
Cell = str | int | Decimal | date | datetime | None


CENT = Decimal("0.01")


class ColumnKind(str, Enum):
    """How a column is written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    TIME = "time"


class Column(msgspec.Struct, frozen=True):
    """``heading`` is an English msgid, translated where it is written; ``summed`` where its sum says something."""

    heading: str
    kind: ColumnKind = ColumnKind.TEXT
    summed: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """A table: each row has a cell a column. ``name`` is an English msgid."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, name: str, columns: tuple[Column, ...], rows: Iterable[Iterable[Any]]) -> "Sheet":
        """A sheet from rows of cells."""
        return cls(name, columns, tuple(tuple(row) for row in rows))


def units(money: Money | None) -> Decimal | None:
    """Money in whole units with all its decimals; its currency stands in a column of its own."""
    if money is None:
        return None
    return (Decimal(money.amount) / MINOR_UNITS_PER_UNIT).quantize(CENT)


def percent(basis_points: int | None) -> Decimal | None:
    """Hundredths of a percent as percent."""
    return None if basis_points is None else (Decimal(basis_points) / 100).quantize(CENT)
