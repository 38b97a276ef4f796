"""Short names (ids) for what is new, made of what it is called: Latin letters, digits and hyphens."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from ticketing.kernel.postgres import Connection
from ticketing.programme.desk.model import EntryTable, Fields, changed_fields, key_of
from ticketing.programme.desk.reading import find_entry

NAME_SIGNS_MAX: Final = 40
TRIED_MAX: Final = 50
_LATIN: Final = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэәғқңөұүһі", "abvgdeeziiklmnoprstufyeagqnouuhi", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia", "ъ": "", "ь": ""}
)


def short_name(text: str, signs_max: int = NAME_SIGNS_MAX) -> str:
    """A short name for a text in any of our alphabets; empty where nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LATIN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:signs_max].strip("-")


def proposed_name(table: EntryTable, fields: Mapping[str, Any]) -> str:
    """What an entry would be called by what it says; ``one`` where it says nothing that could name it."""
    match table:
        case "film":
            said = str(fields.get("original_title") or "")
        case "version":
            said = f"{fields.get('film') or ''} {fields.get('audio') or ''} {fields.get('kind') or ''}"
        case "screening":
            shown = fields.get("film") or _first(fields.get("title"))
            said = f"{str(shown)[:24]} {str(fields.get('starts_at') or '')[:16]}"
        case "rental":
            said = " ".join(str(fields.get(name) or "") for name in ("film", "distributor", "screening"))
        case _:
            said = _first(fields.get("name"))
    return short_name(said) or "one"


async def with_own_name(connection: Connection, table: EntryTable, fields: Fields, proposed: str) -> Fields:
    """The fields of a new entry, named where they leave that open: a free name, or that of an equal entry."""
    # What names an entry within its table, or its festival, is called like the table.
    if fields.get(table):
        return fields
    for number in range(1, TRIED_MAX + 1):
        named = fields | {table: proposed if number == 1 else f"{proposed}-{number}"}
        other = await find_entry(connection, table, key_of(table, named))
        if other is None or not told_anew(named, other.fields):
            return named
    return fields


def told_anew(fields: Fields, stored: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that say something else than what is stored; those left empty say nothing."""
    said = {name: value for name, value in fields.items() if value not in (None, "", {}, [])}
    return changed_fields(said, {name: stored.get(name) for name in said})


def _first(texts: Any) -> str:
    """A translated text in the language that is easiest to write in Latin letters."""
    if not isinstance(texts, dict):
        return ""
    return next((str(texts[language]) for language in ("en", "fr", "ru", "kk") if texts.get(language)), "")
