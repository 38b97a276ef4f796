"""Accreditations in the field's words, and the pure rule of what a badge may enter.

The rule stands in three places: here, in the function ``badge_entitled`` of the database, which the door goes by,
and in ``static/js/door-badges.js`` for gates that are alone. Tests hold them against each other.
"""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel.i18n import Locale
from ticketing.kernel.ids import ACCREDITATION_SIGN, ALPHABET, TICKET_ID_LENGTH
from ticketing.kernel.mail import Email
from ticketing.programme.model import Screening

Category = Literal["delegation", "press", "jury", "distributor"]
Status = Literal["active", "revoked"]

CATEGORIES: Final[tuple[Category, ...]] = ("delegation", "press", "jury", "distributor")
HOLDERS_AT_ONCE_MAX: Final = 200
SCREENINGS_LISTED_MAX: Final = 200
PLACES_MAX: Final = 50
SCREENINGS_PER_DAY_MAX: Final = 50
ACCREDITATION_PATTERN: Final = f"^{ACCREDITATION_SIGN}[{ALPHABET}]{{{TICKET_ID_LENGTH}}}$"

# No control signs: Postgres takes no NUL, and a name is printed.
Line = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Places = Annotated[tuple[Slug, ...], Meta(max_length=PLACES_MAX)]


class Entitlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a badge may enter, and on which days.

    ``all_screenings`` (of films) and ``all_meetings`` are those of the festival; where ``cities`` or ``venues``
    name any, those there alone. ``screenings`` are entered besides, by name, whatever they are and wherever. The
    days count by the venue's calendar and go for all of it. ``screenings_per_day``: how many screenings of films
    may be entered a day, by the day they start on; None: any number. Meetings are not counted, nor is coming back
    to the same screening.

    Raises ``ValueError`` (``msgspec.ValidationError`` when decoded) where it ends before it begins.
    """

    first_day: date
    last_day: date
    all_screenings: bool = True
    all_meetings: bool = False
    cities: Places = ()
    venues: Places = ()
    screenings: Annotated[tuple[Slug, ...], Meta(max_length=SCREENINGS_LISTED_MAX)] = ()
    screenings_per_day: Annotated[int, Meta(ge=1, le=SCREENINGS_PER_DAY_MAX)] | None = None

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wears a badge, and the organisation they come for. Personal data. Without ``email`` nothing is mailed."""

    name: Line
    organisation: Line
    email: Email | None = None
    locale: Locale = "en"


class NewAccreditations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People to be accredited alike. The same ``request`` sent again has one effect and one answer."""

    request: uuid.UUID
    category: Category
    entitlement: Entitlement
    holders: Annotated[tuple[Holder, ...], Meta(min_length=1, max_length=HOLDERS_AT_ONCE_MAX)]


class AccreditationTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An accreditation as it shall be from now on. Its badge stays good: what it may enter does not stand in it."""

    category: Category
    entitlement: Entitlement
    holder: Holder


class AccreditationChange(AccreditationTerms, frozen=True, forbid_unknown_fields=True):
    """The same, made from the ``version`` that was read: what somebody has changed since is not overwritten."""

    made_from: Annotated[str, Meta(max_length=64)]


class Accreditation(msgspec.Struct, frozen=True):
    """An accreditation as it stands.

    ``revision`` is that of the badge that counts; earlier ones are superseded. ``seen_at``: when the badge was last
    let in or out. ``erased``: the festival is long over, or its holder asked to be forgotten: it names nobody.
    ``version`` is another one after each change of its terms, and what a change is made from.
    """

    accreditation: str
    festival: str
    category: Category
    name: str
    organisation: str
    email: str | None
    locale: Locale
    photo: bool
    entitlement: Entitlement
    status: Status
    revision: int
    added_at: datetime
    added_by: str
    seen_at: datetime | None
    erased: bool
    version: str = ""


def terms_of(accreditation: Accreditation) -> AccreditationTerms:
    """The terms of an accreditation as they stand; of an erased one nobody's name is in them."""
    one = accreditation
    return AccreditationTerms(
        one.category, one.entitlement, Holder(one.name, one.organisation, one.email, one.locale)
    )


def said_by(terms: AccreditationTerms) -> dict[str, Any]:
    """What terms say, field by field, so that two can be compared: in whatever order places were named."""
    holder = msgspec.structs.asdict(terms.holder)
    said: dict[str, Any] = {"category": terms.category} | holder | msgspec.to_builtins(terms.entitlement)
    said |= {name: said[name].strip() for name in ("name", "organisation")}
    return said | {name: sorted(set(said[name])) for name in ("cities", "venues", "screenings")}


def day_of(screening: Screening) -> date:
    """The day a screening belongs to: that on which it starts, by its venue's clock."""
    return screening.starts_at.astimezone(screening.timezone).date()


def entitled(festival: str, entitlement: Entitlement, screening: Screening) -> bool:
    """Whether a badge of ``festival`` may enter a screening, its quota of the day aside."""
    if screening.festival != festival or not entitlement.first_day <= day_of(screening) <= entitlement.last_day:
        return False
    if screening.screening_id in entitlement.screenings:
        return True
    of_its_kind = entitlement.all_meetings if screening.kind == "meeting" else entitlement.all_screenings
    anywhere = not entitlement.cities and not entitlement.venues
    return of_its_kind and (
        anywhere or screening.venue.city in entitlement.cities or screening.venue.venue in entitlement.venues
    )
