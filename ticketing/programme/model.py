"""The programme in the field's words, and the pure rules over it.

Nothing here knows a framework, a driver or a clock: whoever asks passes `now`, an aware datetime.
Texts are `Translated`: one text per language, of `kk`, `ru`, `fr`, `en`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Literal, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.money import Money
from ticketing.programme.festival_rules import FestivalRules

Translated = dict[str, str]
Audience = Literal["public", "invitation", "accredited"]
ScreeningKind = Literal["film", "meeting"]
ScreeningStatus = Literal["draft", "published", "cancelled"]
PublicStatus = Literal["scheduled", "cancelled", "ended"]
VersionKind = Literal["original", "dubbed", "voice_over"]
TariffFamily = Literal["free", "school", "unlimited_pass", "other"]
AgeCategory = Literal["0+", "6+", "12+", "14+", "16+", "18+", "21+"]


class Picture(msgspec.Struct, frozen=True):
    """A picture that an organiser brought, as it was kept: `picture` names it for good, see `programme.pictures`.

    `width` and `height` are those of its largest size, in pixels.
    """

    picture: str
    width: int
    height: int


class Festival(msgspec.Struct, frozen=True):
    """A festival: who holds it, when, in what currency, by what rules. `timezone` is an IANA name.

    One with `archived_at` was put away when it was over: it is left out of lists.
    """

    festival: str
    name: Translated
    tagline: Translated
    organisers: tuple[str, ...]
    country: str
    currency: str
    timezone: str
    starts_on: date
    ends_on: date
    colours: dict[str, str]
    rules: FestivalRules
    logo: Picture | None = None
    archived_at: datetime | None = None


class Film(msgspec.Struct, frozen=True):
    """A film as it is announced.

    `visa_number` is the exploitation visa of the CNC, `certificate_number` the Kazakh exhibition certificate.
    """

    film: str
    original_title: str
    title: Translated
    directors: tuple[str, ...]
    year: int
    running_minutes: int
    countries: tuple[str, ...]
    age_category: AgeCategory
    synopsis: Translated
    visa_number: str | None = None
    certificate_number: str | None = None
    distributor: str | None = None
    poster: Picture | None = None


class Version(msgspec.Struct, frozen=True):
    """What is heard and read: `audio` and `subtitles` are language codes (`fr`, `kk`, …)."""

    version: str
    film: str
    audio: str
    subtitles: tuple[str, ...]
    kind: VersionKind


class Venue(msgspec.Struct, frozen=True):
    """A house with halls. `city` is a slug, `timezone` an IANA name in which its times are shown."""

    venue: str
    name: Translated
    city: str
    city_name: Translated
    country: str
    timezone: str
    address: Translated


class Hall(msgspec.Struct, frozen=True):
    """A hall of a venue. A screening pins its own layout, which may be an older one than the hall's."""

    hall: str
    venue: str
    name: Translated


class PriceZone(msgspec.Struct, frozen=True):
    """Seats of one price level. `colour` is `#rrggbb`, for the seat map."""

    zone: str
    name: Translated
    colour: str
    position: int = 0


class Tariff(msgspec.Struct, frozen=True):
    """What kind of buyer pays what. `family` is the CNC's (Code du cinéma, D212-71).

    One that is not `public` is sold at the counter or by invitation only. `proof` says what is to be shown
    at the door.
    """

    tariff: str
    name: Translated
    family: TariffFamily
    proof: Translated
    public: bool = True
    position: int = 0


class Price(msgspec.Struct, frozen=True):
    """One cell of a price list: `amount` in minor units of the festival's currency."""

    price_list: str
    zone: str
    tariff: str
    amount: int


class TariffPrice(msgspec.Struct, frozen=True):
    """What one tariff costs in one zone of a screening, in minor units of the screening's currency."""

    zone: str
    tariff: str
    amount: int
    public: bool
    family: TariffFamily
    name: Translated
    proof: Translated


class Screening(msgspec.Struct, frozen=True):
    """A screening, whole: all that selling, ticketing, admitting and reporting need to know of it.

    `film` and `version` are there for `kind == "film"`; a meeting has a `title`, and may have a film too.
    `prices` are in the order of zone and tariff as the festival lists them, `zones` those that have a price.
    `place_count` counts seats and unnumbered places of the pinned layout, whatever their state.
    `accredited_places` says how many people with a badge are let in, see :func:`places_for_badges`. `changed_at`
    says when it was last moved, cancelled or otherwise changed by an import.
    """

    screening_id: str
    festival: str
    kind: ScreeningKind
    film: Film | None
    version: Version | None
    title: Translated
    venue: Venue
    hall: Hall
    layout_id: str
    place_count: int
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime
    sales_open_at: datetime
    sales_close_at: datetime
    audience: Audience
    status: ScreeningStatus
    currency: str
    rules: FestivalRules
    prices: tuple[TariffPrice, ...]
    zones: tuple[PriceZone, ...]
    accredited_places: int | None = None
    changed_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone of the venue, in which every time of this screening is shown."""
        return ZoneInfo(self.venue.timezone)


@runtime_checkable
class SeatCounts(Protocol):
    """Where the programme learns how many places are free: the live mirror, which stands above it."""

    async def free_places(self, screening_ids: Sequence[str]) -> dict[str, int]:
        """Free places by screening, in one round trip. A screening whose mirror is missing is left out."""
        ...


def in_use(festivals: Iterable[Festival], wanted: str = "") -> list[Festival]:
    """The festivals for a list: those that were not put away, and the one that is asked for by name."""
    return [one for one in festivals if one.archived_at is None or one.festival == wanted]


def heading(screening: Screening) -> Translated:
    """What the screening is announced as: its own title where it has one, else the film's."""
    if screening.title or screening.film is None:
        return screening.title
    return screening.film.title


def on_sale(screening: Screening, now: datetime) -> bool:
    """May the public take seats at `now`? The window is half open: at `sales_close_at` sales are over.

    Accredited guests register here too (their badge is asked for at the door); by invitation means
    that nobody helps himself.
    """
    return (
        screening.status == "published"
        and screening.audience != "invitation"
        and screening.sales_open_at <= now < screening.sales_close_at
    )


def doors_open(screening: Screening, now: datetime) -> bool:
    """Are people let in at `now`? From `doors_at` until the end; a cancelled screening's doors stay shut."""
    return screening.status == "published" and screening.doors_at <= now < screening.ends_at


def places_for_badges(
    place_count: int, accredited_places: int | None, rules: FestivalRules, tickets_sold: int = 0
) -> int:
    """How many people may be in a screening by their badge, which names no seat.

    As many as the screening says (`accredited_places`), else its festival's share of the hall, else all of it;
    never more than there are places without a ticket. The rule stands in two more places: in the function
    `badge_places` of the database, which the door goes by, and in `static/js/door-badges.js` for lone gates.
    """
    percent = rules.accredited_places_percent
    of_hall = place_count if percent is None else place_count * percent // 100
    return max(0, min(of_hall if accredited_places is None else accredited_places, place_count - tickets_sold))


def has_ended(screening: Screening, now: datetime) -> bool:
    """Is it over at `now`? A screening has ended at its `ends_at`."""
    return now >= screening.ends_at


def public_status(screening: Screening, now: datetime) -> PublicStatus:
    """The status as the public sees it: cancelled stays cancelled, also after the hour has passed."""
    if screening.status == "cancelled":
        return "cancelled"
    return "ended" if has_ended(screening, now) else "scheduled"


def price_of(screening: Screening, zone: str, tariff: str) -> TariffPrice | None:
    """The price of a tariff in a zone, or None where the tariff is not sold there."""
    for price in screening.prices:
        if price.zone == zone and price.tariff == tariff:
            return price
    return None


def from_price(screening: Screening) -> Money | None:
    """The smallest price the public can pay, or None where nothing is sold to it.

    A pass that has been paid for elsewhere is no price, so it never makes a screening look free.
    """
    sold = [price for price in screening.prices if price.public and price.family != "unlimited_pass"]
    return Money(min(price.amount for price in sold), screening.currency) if sold else None


def understood_in(version: Version, language: str) -> bool:
    """Can somebody who has only `language` follow this version, by ear or by subtitles?"""
    return language == version.audio or language in version.subtitles


def lacks_kazakh(screening: Screening) -> bool:
    """A film shown in Kazakhstan with neither Kazakh sound nor Kazakh subtitles.

    Law on Cinematography, art. 9: to be dubbed, subtitled or voiced over in Kazakh, except in limited
    distribution; so this is for a warning, not a refusal.
    """
    if screening.venue.country != "KZ" or screening.version is None:
        return False
    return not understood_in(screening.version, "kk")
