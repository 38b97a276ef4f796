"""What an organiser should know of a screening, though nothing forbids it. Pure: for the desk, lists and imports.

The codes are those of an import's warnings where both warn of the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from ticketing.kernel.errors import N_
from ticketing.programme.importing_screenings import MINORS_HOME_BY
from ticketing.programme.layout import wheelchair_places_required
from ticketing.programme.model import Screening, lacks_kazakh

PAUSE_MIN: Final = timedelta(minutes=15)
"""Between two screenings of a hall people leave, somebody cleans, people come in."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_kazakh": N_("Neither dubbed nor subtitled in Kazakh (Law on Cinematography, art. 9)"),
        "no_age_category": N_("No age category: a meeting has none of its own"),
        "no_certificate": N_("No exhibition certificate number, in Kazakhstan"),
        "no_visa": N_("No visa number of the CNC, in France"),
        "ends_late": N_("Ends at %(time)s: minors alone may be refused after 22:00"),
        "overlaps": N_("The hall is taken at this time by %(other)s"),
        "short_pause": N_("Only %(minutes)s minutes between this and %(other)s"),
        "no_prices": N_("On sale without a price"),
        "few_wheelchair_places": N_("%(places)s wheelchair places; a hall of this size should have %(required)s"),
        "never_on_sale": N_("Sales close before they can begin"),
    }
)


class ScreeningWarning(msgspec.Struct, frozen=True):
    """A warning: a stable ``code``, and what fills the places in its words."""

    code: str
    data: dict[str, str] = {}


def warnings_of(screening: Screening, *, wheelchair_places: int, now: datetime) -> list[ScreeningWarning]:
    """What is to be known of a screening by itself, at ``now``; of one that is cancelled or over, nothing.

    ``wheelchair_places`` are those of the layout that it pins.
    """
    if screening.status == "cancelled" or screening.ends_at <= now:
        return []
    found = [*_of_the_film(screening)]
    ends = screening.ends_at.astimezone(screening.timezone)
    if screening.venue.country == "KZ" and _is_late(screening):
        found.append(ScreeningWarning("ends_late", {"time": f"{ends:%H:%M}"}))
    if not screening.prices and screening.audience != "invitation":
        found.append(ScreeningWarning("no_prices"))
    required = wheelchair_places_required(screening.place_count)
    if wheelchair_places < required:
        numbers = {"places": str(wheelchair_places), "required": str(required)}
        found.append(ScreeningWarning("few_wheelchair_places", numbers))
    if screening.status == "published" and screening.sales_close_at <= now < screening.starts_at:
        found.append(ScreeningWarning("never_on_sale"))
    return found


def warnings_between(
    screenings: Iterable[Screening], names: Mapping[str, str]
) -> dict[str, list[ScreeningWarning]]:
    """What screenings of one hall do to each other, by screening: overlaps (a draft may), and too short a pause.

    Both are told, each with the other's name of ``names`` (by id).
    """
    halls: dict[str, list[Screening]] = defaultdict(list)
    for screening in screenings:
        if screening.status != "cancelled":
            halls[screening.hall.hall].append(screening)
    found: dict[str, list[ScreeningWarning]] = defaultdict(list)
    for taken in halls.values():
        taken.sort(key=lambda one: (one.starts_at, one.screening_id))
        for index, earlier in enumerate(taken):
            for later in _near(taken[index + 1 :], earlier):
                pause = later.starts_at - earlier.ends_at
                for one, other in ((earlier, later), (later, earlier)):
                    found[one.screening_id].append(_between(pause, names[other.screening_id]))
    return found


def _near(following: Sequence[Screening], earlier: Screening) -> list[Screening]:
    """Those that begin while ``earlier`` goes on or too soon after it."""
    return [later for later in following if later.starts_at < earlier.ends_at + PAUSE_MIN]


def _between(pause: timedelta, other: str) -> ScreeningWarning:
    if pause < timedelta(0):
        return ScreeningWarning("overlaps", {"other": other})
    return ScreeningWarning("short_pause", {"minutes": str(int(pause.total_seconds() // 60)), "other": other})


def _of_the_film(screening: Screening) -> list[ScreeningWarning]:
    codes = []
    film, country = screening.film, screening.venue.country
    if lacks_kazakh(screening):
        codes.append("no_kazakh")
    if film is None and country == "KZ":
        codes.append("no_age_category")
    if film is not None and country == "KZ" and not film.certificate_number:
        codes.append("no_certificate")
    if film is not None and country == "FR" and not film.visa_number:
        codes.append("no_visa")
    return [ScreeningWarning(code) for code in codes]


def _is_late(screening: Screening) -> bool:
    starts = screening.starts_at.astimezone(screening.timezone)
    ends = screening.ends_at.astimezone(screening.timezone)
    return ends.date() > starts.date() or ends.time() > MINORS_HOME_BY
