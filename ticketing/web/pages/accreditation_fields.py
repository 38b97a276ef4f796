"""What the forms of accreditations say: entitlements, one holder or many as lines; and what there is to choose."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import (
    HOLDERS_AT_ONCE_MAX,
    Accreditation,
    AccreditationTerms,
    Entitlement,
    Holder,
    NewAccreditations,
)
from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.i18n import pick
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, ProgrammeFilters
from ticketing.programme.model import Festival, Screening
from ticketing.web.pages.formatting import sorted_names
from ticketing.web.pages.forms import Form

Wish = TypeVar("Wish")
LINES_SIGNS_MAX: Final = 60_000
TYPED_SIGNS_MAX: Final = 10_000_000
"""More than a body may have: what was typed is shown again, cut, whatever it was."""
TEXTS: Final = (
    "category",
    "first_day",
    "last_day",
    "screenings_per_day",
    "name",
    "organisation",
    "email",
    "locale",
)
TERMS_PROBLEM: Final = N_("A category and the days are needed; the last day is not before the first")
HOLDER_PROBLEM: Final = N_("A name and an organisation of at most 120 signs are needed, and a mail address or none")
LINE_PROBLEM: Final = N_("A line is a name, an organisation, and perhaps a mail address, with semicolons between")
LINES_PROBLEM: Final = N_("Write 1 to 200 people, one a line")


class Choices(msgspec.Struct, frozen=True):
    """What a festival has: cities and venues by name, screenings and meetings by start."""

    cities: list[tuple[str, str]]
    venues: list[tuple[str, str]]
    screenings: list[Screening]


async def choices_of(desk: Accreditations, festival: Festival, language: str) -> Choices:
    """What may be chosen for a badge of a festival, what is over included."""
    begin = datetime.combine(festival.starts_on, datetime.min.time(), UTC)
    found, _ = await desk.catalogue.programme(
        ProgrammeFilters(festival=festival.festival, since=begin),
        now=desk.context.clock.now(),
        limit=SCREENINGS_LISTED_MAX,
    )
    return Choices(
        cities=sorted_names(
            {one.venue.city: pick(one.venue.city_name, language) for one in found}.items(), language
        ),
        venues=sorted_names({one.venue.venue: pick(one.venue.name, language) for one in found}.items(), language),
        screenings=found,
    )


def read_many(form: Form, language: str) -> NewAccreditations:
    """People to be accredited alike: a line each, of name, organisation and address.

    Raises:
        InvalidField: with the number of the line, where one can't be read.
    """
    lines = form.raw("people", LINES_SIGNS_MAX).splitlines()
    holders = [
        _holder(number, [part.strip() for part in re.split(r"[;\t]", line)], form.text("locale", 2) or language)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not 1 <= len(holders) <= HOLDERS_AT_ONCE_MAX:
        raise InvalidField(field="people", problem=LINES_PROBLEM)
    return _converted(
        {
            "request": form.text("request", 36),
            "category": form.text("category", 20),
            "entitlement": read_entitlement(form),
            "holders": holders,
        },
        NewAccreditations,
        TERMS_PROBLEM,
    )


def read_one(form: Form) -> AccreditationTerms:
    """An accreditation as it shall be.

    Raises:
        InvalidField
    """
    holder = {
        "name": form.text("name"),
        "organisation": form.text("organisation"),
        "email": form.text("email") or None,
        "locale": form.text("locale", 2),
    }
    wish = {"category": form.text("category", 20), "entitlement": read_entitlement(form), "holder": holder}
    return _converted(wish, AccreditationTerms, HOLDER_PROBLEM)


def read_entitlement(form: Form) -> Entitlement:
    """What a badge may enter, as it was chosen.

    Raises:
        InvalidField
    """
    return _converted(
        {
            "first_day": form.text("first_day", 10),
            "last_day": form.text("last_day", 10),
            "all_screenings": form.text("all_screenings", 3) == "yes",
            "all_meetings": form.text("all_meetings", 3) == "yes",
            "cities": form.texts("cities"),
            "venues": form.texts("venues"),
            "screenings": form.texts("screenings"),
            "screenings_per_day": form.number("screenings_per_day", 0) or None,
        },
        Entitlement,
        TERMS_PROBLEM,
    )


def typed_again(form: Form) -> dict[str, Any]:
    """What was typed, cut where it is too long, to be shown again beside what is wrong with it."""
    typed: dict[str, Any] = {name: form.raw(name, TYPED_SIGNS_MAX)[:254] for name in TEXTS}
    typed["people"] = form.raw("people", TYPED_SIGNS_MAX)[:LINES_SIGNS_MAX]
    for name in ("cities", "venues", "screenings"):
        typed[name] = form.texts(name)
    for name in ("all_screenings", "all_meetings"):
        typed[name] = form.raw(name, TYPED_SIGNS_MAX) == "yes"
    return typed


def as_typed(badge: Accreditation) -> dict[str, Any]:
    """An accreditation as its form shows it."""
    terms = badge.entitlement
    return {
        "category": badge.category,
        "name": badge.name,
        "organisation": badge.organisation,
        "email": badge.email or "",
        "locale": badge.locale,
        **msgspec.structs.asdict(terms),
        "screenings_per_day": terms.screenings_per_day or "",
    }


def at_first(festival: Festival, language: str) -> dict[str, Any]:
    """The form for new people: all screenings, for the days of the festival."""
    return {
        "category": "press",
        "people": "",
        "locale": language,
        "first_day": festival.starts_on,
        "last_day": festival.ends_on,
        "all_screenings": True,
        "all_meetings": False,
        "cities": (),
        "venues": (),
        "screenings": (),
        "screenings_per_day": "",
        "request": uuid.uuid4(),
    }


def _holder(number: int, parts: list[str], locale: str) -> dict[str, Any]:
    if not 2 <= len(parts) <= 3 or not parts[0] or not parts[1]:
        raise InvalidField(field="people", problem=LINE_PROBLEM, line=number)
    holder = {"name": parts[0], "organisation": parts[1], "email": (parts[2:] or [""])[0] or None, "locale": locale}
    try:
        # Looked at one by one, so that the line can be named.
        msgspec.convert(holder, Holder)
    except msgspec.ValidationError:
        raise InvalidField(field="people", problem=HOLDER_PROBLEM, line=number) from None
    return holder


def _converted(wish: Mapping[str, Any], kind: type[Wish], problem: str) -> Wish:
    try:
        return msgspec.convert(wish, kind)
    except msgspec.ValidationError:
        raise InvalidField(field="accreditation", problem=problem) from None
