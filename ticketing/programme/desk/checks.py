"""What may no longer be changed once something rests on an entry. Pure; the import's own rules come beside them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ticketing.programme.desk.model import EntryTable


class Held(NamedTuple):
    """A field that has to stay, and what was expected of it."""

    column: str
    expected: str
    value: Any


def check_change(
    table: EntryTable, before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int], now: datetime
) -> list[Held]:
    """The fields of ``after`` that must not differ from ``before``, given what rests on the entry."""
    rules = {"festival": _festival, "tariff": _tariff, "hall": _hall, "venue": _venue, "version": _version}
    if table == "screening":
        return _screening(before, after, uses, now)
    check = rules.get(table)
    return check(before, after, uses) if check else []


def _kept(before: Mapping[str, Any], after: Mapping[str, Any], column: str, why: str) -> list[Held]:
    if before.get(column) == after.get(column):
        return []
    return [Held(column, f"{before.get(column)}, {why}", after.get(column))]


def _festival(before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int]) -> list[Held]:
    return _kept(before, after, "currency", "in which tickets have been sold") if uses.get("tickets") else []


def _tariff(before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int]) -> list[Held]:
    return _kept(before, after, "family", "under which it was sold and is declared") if uses.get("tickets") else []


def _hall(before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int]) -> list[Held]:
    return _kept(before, after, "venue", "where it has screenings") if uses.get("screenings") else []


def _venue(before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int]) -> list[Held]:
    return _kept(before, after, "timezone", "in which its halls have their times") if uses.get("halls") else []


def _version(before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int]) -> list[Held]:
    return _kept(before, after, "film", "of which it is shown") if uses.get("screenings") else []


def _screening(
    before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int], now: datetime
) -> list[Held]:
    held: list[Held] = []
    if after.get("status") == "cancelled":
        held.append(Held("status", "draft or published; cancelling has a page of its own", "cancelled"))
    if uses.get("live_tickets"):
        held += _kept(before, after, "film", "for which tickets have been sold")
        held += _kept(before, after, "hall", "where seats have been sold; they are moved seat by seat")
        held += _kept(before, after, "status", "as tickets have been sold; cancel it instead")
    elif uses.get("allotments"):
        held += _kept(before, after, "hall", "where seats are kept back; release them first")
    starts_at = _moment(after.get("starts_at"))
    moved = not before or _moment(before.get("starts_at")) != starts_at
    if moved and starts_at is not None and starts_at <= now and after.get("status") != "draft":
        held.append(Held("starts_at", "a start that is still to come", after.get("starts_at")))
    return held


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else value
