"""What the desk edits: an entry is a row of the programme in the shape in which an import file has it. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import msgspec

from ticketing.kernel.errors import N_
from ticketing.programme.importing_tables import TABLES

EntryTable = Literal[
    "festival", "film", "version", "venue", "hall", "zone", "tariff", "price_list", "screening", "rental"
]
ENTRY_TABLES: Final[tuple[EntryTable, ...]] = get_args(EntryTable)
OF_A_FESTIVAL: Final = frozenset({"festival", "zone", "tariff", "price_list", "screening", "rental"})
"""Tables whose entries belong to one festival; films, versions, venues and halls are shared by all."""

Fields = dict[str, Any]

USES: Final[Mapping[str, str]] = {
    "screenings": N_("screenings"),
    "tickets": N_("tickets"),
    "live_tickets": N_("tickets that are valid"),
    "versions": N_("versions"),
    "halls": N_("halls"),
    "prices": N_("prices"),
    "zones": N_("price zones"),
    "tariffs": N_("tariffs"),
    "vouchers": N_("vouchers"),
    "allotments": N_("seats kept back"),
    "guests": N_("guests"),
    "waiting": N_("people who wait"),
    "rentals": N_("rental terms"),
    "published": N_("published, so make it a draft first"),
    "others": N_("other entries"),
}


class Entry(msgspec.Struct, frozen=True):
    """An entry as it stands: ``key`` names it in addresses, ``version`` is another one after each change.

    Of a price list, ``amounts`` are minor units by ``zone:tariff``. A screening's ``screening`` is its key within
    its festival, as in a file; its ``key`` here is the whole id.
    """

    table: EntryTable
    key: str
    version: str
    fields: Fields


def make_entry(table: EntryTable, key: str, fields: Fields) -> Entry:
    """The entry of these fields."""
    return Entry(table, key, version_of(fields), fields)


def version_of(fields: Mapping[str, Any]) -> str:
    """A short name of what an entry says: equal fields have the same, whoever wrote them and when."""
    said = {name: value for name, value in fields.items() if value not in (None, "", {}, [])}
    canonical = msgspec.json.encode(said, order="deterministic")
    return hashlib.blake2b(canonical, digest_size=12).hexdigest()


def key_of(table: EntryTable, fields: Mapping[str, Any]) -> str:
    """What names an entry of these fields; parts that are missing are empty."""
    match table:
        case "screening":
            return f"{fields.get('festival') or ''}-{fields.get('screening') or ''}"
        case "price_list":
            return f"{fields.get('festival') or ''}:{fields.get('price_list') or ''}"
        case _:
            return ":".join(str(fields.get(name) or "") for name in TABLES[table].key)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the fields that differ; an empty value and a missing one are the same."""
    names = dict.fromkeys((*before, *after))
    return tuple(name for name in names if (before.get(name) or None) != (after.get(name) or None))


def halves(key: str) -> tuple[str, str]:
    """The festival and the own name in the key of something that belongs to a festival."""
    festival, _, own = key.partition(":")
    return festival, own
