"""Accreditations as they stand: one, several, or those of a festival."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Accreditation, Category, Status, said_by, terms_of
from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.desk.model import version_of

SQL = load_queries("accreditation")
LISTED_MAX: Final = 200
CURSOR_PROBLEM: Final = N_("cursor is not one that was given out here: begin without it")


class Listed(msgspec.Struct, frozen=True):
    """A page of accreditations in the order in which they were added; ``next``: the cursor of the next page."""

    accreditations: tuple[Accreditation, ...]
    next: str | None


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    added_at: Annotated[datetime, Meta(tz=True)]
    accreditation: Annotated[str, Meta(max_length=20, pattern=r"^[A-Z0-9]+$")]


async def list_accreditations(
    desk: Accreditations,
    festival: str,
    *,
    category: Category | None = None,
    status: Status | None = None,
    limit: int = LISTED_MAX,
    cursor: str | None = None,
) -> Listed:
    """Those who are accredited to a festival; ``limit`` is cut to 1 … 200.

    Raises:
        UnknownFestival
        InvalidField: the cursor is none of ours.
        DatabaseUnavailable
    """
    await desk.catalogue.festival(festival)
    wanted = min(max(limit, 1), LISTED_MAX)
    start = _read_cursor(cursor) if cursor else None
    async with database_errors():
        rows = await desk.context.postgres.fetch(
            SQL.list_accreditations,
            festival,
            category,
            status,
            start.added_at if start else None,
            start.accreditation if start else None,
            wanted + 1,
        )
    found = tuple(accreditation_of(row) for row in rows[:wanted])
    return Listed(found, _write_cursor(found[-1]) if len(rows) > wanted else None)


async def read_accreditation(desk: Accreditations, accreditation: str) -> Accreditation:
    """One accreditation, revoked and erased ones included.

    Raises:
        UnknownAccreditation, DatabaseUnavailable
    """
    found = await read_accreditations(desk, [accreditation])
    if not found:
        raise errors.UnknownAccreditation
    return found[0]


async def read_accreditations(desk: Accreditations, accreditations: Sequence[str]) -> list[Accreditation]:
    """Several, in the order given; those that are not there are left out.

    Raises:
        DatabaseUnavailable
    """
    # What can't be a number is not asked for: such texts come from anywhere, with signs that Postgres refuses.
    asked = [one for one in accreditations if one.isascii() and one.isalnum()]
    async with database_errors():
        rows = await desk.context.postgres.fetch(SQL.read_accreditations, asked)
    found = {row["accreditation"]: accreditation_of(row) for row in rows}
    return [found[one] for one in asked if one in found]


def accreditation_of(row: asyncpg.Record) -> Accreditation:
    """A row of ``accreditation_whole``."""
    found = msgspec.convert(dict(row), Accreditation)
    return msgspec.structs.replace(found, version=version_of(said_by(terms_of(found))))


def _write_cursor(last: Accreditation) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(last.added_at, last.accreditation))).decode()


def _read_cursor(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        raise errors.InvalidField(field="cursor", problem=CURSOR_PROBLEM) from None
