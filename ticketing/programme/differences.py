"""What an import would change, entry by entry and field by field. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from ticketing.programme.desk.model import EntryTable, Fields, changed_fields

Entries = Mapping[tuple[EntryTable, str], Fields]
"""Entries by table and key."""


class FieldChange(msgspec.Struct, frozen=True):
    """A field before and after; null where it was, or is, empty."""

    field: str
    before: Any
    after: Any


class EntryChange(msgspec.Struct, frozen=True):
    """An entry that is added, or changed in these fields. Of one that is added, ``fields`` are all that it says.

    ``timezone`` is that of a screening's venue, for whoever shows its times.
    """

    table: EntryTable
    key: str
    kind: Literal["added", "changed"]
    fields: tuple[FieldChange, ...]
    timezone: str | None = None


def changes_between(before: Entries, after: Entries) -> list[EntryChange]:
    """The changes, in the order of ``after``; an import deletes nothing."""
    return list(_changes(before, after))


def _changes(before: Entries, after: Entries) -> Iterator[EntryChange]:
    for (table, key), said in after.items():
        was = before.get((table, key))
        fields = tuple(
            FieldChange(name, (was or {}).get(name), said.get(name)) for name in changed_fields(was or {}, said)
        )
        if was is None:
            yield EntryChange(table, key, "added", fields, _timezone(table, said, after))
        elif fields:
            yield EntryChange(table, key, "changed", fields, _timezone(table, said, after))


def _timezone(table: EntryTable, said: Fields, entries: Entries) -> str | None:
    if table != "screening":
        return None
    hall = entries["hall", said["hall"]]
    zone: str = entries["venue", hall["venue"]]["timezone"]
    return zone


def fingerprint_of(changes: list[EntryChange], counts: Mapping[str, Any]) -> str:
    """A short name of what would change: whoever says yes to it means exactly this."""
    said = msgspec.json.encode([changes, counts], order="deterministic")
    return hashlib.blake2b(said, digest_size=12).hexdigest()
