"""The capacity page's filters and groups. Pure: lines in, lines and sums out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from ticketing.insight.model import ScreeningCapacity, Totals, totals_of
from ticketing.web.pages.formatting import day_text, sorted_names, subtitles_text, version_text

FILTERS: Final = ("city", "day", "film", "version")
GROUPED_BY: Final = ("day", "city", "film", "version", "none")
VALUE_SIGNS_MAX: Final = 64


class CapacityWish(msgspec.Struct, frozen=True):
    """What the address of the page asks for: a value for each filter, empty for any, and what to group by."""

    city: str = ""
    day: str = ""
    film: str = ""
    version: str = ""
    by: str = "day"

    def address(self, festival: str) -> str:
        """The query that asks for the same again."""
        asked = {name: getattr(self, name) for name in FILTERS if getattr(self, name)}
        return urlencode({"festival": festival, **asked, **({} if self.by == "day" else {"by": self.by})})


class Group(msgspec.Struct, frozen=True):
    """Screenings that have something in common, and their sum."""

    key: str
    name: str
    lines: tuple[ScreeningCapacity, ...]
    totals: Totals


class Choices(msgspec.Struct, frozen=True):
    """What each filter can be set to: values with their names."""

    city: tuple[tuple[str, str], ...]
    day: tuple[tuple[str, str], ...]
    film: tuple[tuple[str, str], ...]
    version: tuple[tuple[str, str], ...]


def wish_of(query: Mapping[str, str]) -> CapacityWish:
    """What an address asks for. A value that no screening has finds nothing; an unknown grouping is by day."""
    by = query.get("by", "day")
    asked = {name: query.get(name, "")[:VALUE_SIGNS_MAX] for name in FILTERS}
    return CapacityWish(**asked, by=by if by in GROUPED_BY else "day")


def key_of(line: ScreeningCapacity, field: str) -> str:
    """What a screening is under a filter; days are those of its venue."""
    match field:
        case "city":
            return line.city_id
        case "day":
            return line.starts_at.astimezone(ZoneInfo(line.timezone)).date().isoformat()
        case "film":
            return line.film or ""
        case "version":
            return line.version.version if line.version else ""
        case _:
            return ""


def name_of(line: ScreeningCapacity, field: str, language: str) -> str:
    """The same for people."""
    match field:
        case "city":
            return line.city
        case "day":
            return day_text(line.starts_at.astimezone(ZoneInfo(line.timezone)).date(), language)
        case "film":
            return line.film_title or line.title
        case "version" if line.version:
            subtitles = subtitles_text(line.version, language)
            heard = version_text(line.version, language)
            return f"{line.film_title}: {heard}" + (f". {subtitles}" if subtitles else "")
        case _:
            return line.title


def choices_of(lines: Sequence[ScreeningCapacity], language: str) -> Choices:
    """The values that occur, days in their order, the rest by name."""
    found = {
        field: {key_of(line, field): name_of(line, field, language) for line in lines if key_of(line, field)}
        for field in FILTERS
    }
    ordered = {
        field: sorted(names.items()) if field == "day" else sorted_names(names.items(), language)
        for field, names in found.items()
    }
    return Choices(**{field: tuple(pairs) for field, pairs in ordered.items()})


def lines_of(lines: Iterable[ScreeningCapacity], wish: CapacityWish) -> list[ScreeningCapacity]:
    """The screenings that pass all filters, in their order."""
    return [line for line in lines if all(getattr(wish, field) in ("", key_of(line, field)) for field in FILTERS)]


def groups_of(lines: Sequence[ScreeningCapacity], by: str, language: str) -> list[Group]:
    """The screenings in groups, in the order in which the first of each starts; one without a name for none."""
    grouped: dict[str, list[ScreeningCapacity]] = {}
    for line in lines:
        grouped.setdefault(key_of(line, by), []).append(line)
    return [
        Group(
            key=key,
            name=name_of(members[0], by, language) if by != "none" else "",
            lines=tuple(members),
            totals=totals_of(line.capacity for line in members),
        )
        for key, members in grouped.items()
    ]
