"""The programme as it goes over the wire: texts in the caller's language, times in the venue's zone."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.model import (
    AgeCategory,
    Audience,
    Film,
    PriceZone,
    PublicStatus,
    Screening,
    ScreeningKind,
    TariffFamily,
    Version,
    VersionKind,
    from_price,
    heading,
    on_sale,
    public_status,
)


class ShownFilm(msgspec.Struct, frozen=True):
    """A film in a list. ``countries`` are ISO 3166 codes."""

    film: str
    title: str
    original_title: str
    directors: tuple[str, ...]
    year: int
    running_minutes: int
    age_category: AgeCategory
    countries: tuple[str, ...]


class ShownWholeFilm(ShownFilm, frozen=True):
    """A film, whole."""

    synopsis: str


class ShownVersion(msgspec.Struct, frozen=True):
    """What is heard and read, as ISO 639 codes."""

    version: str
    audio: str
    subtitles: tuple[str, ...]
    kind: VersionKind


class SeatTotals(msgspec.Struct, frozen=True):
    """How many places there are, and how many of them can be taken now; null while that can't be told."""

    total: int
    free: int | None


class ShownScreening(msgspec.Struct, frozen=True, kw_only=True):
    """A screening in a list. A meeting may have no film; ``title`` is what either is announced as."""

    screening: str
    festival: str
    kind: ScreeningKind
    title: str
    film: ShownFilm | None
    version: ShownVersion | None
    venue: str
    venue_name: str
    city: str
    city_name: str
    hall: str
    hall_name: str
    starts_at: datetime
    timezone: str
    audience: Audience
    status: PublicStatus
    on_sale: bool
    seats: SeatTotals
    from_price: Money | None


class ShownTariff(msgspec.Struct, frozen=True):
    """What a tariff costs in its zone, and what is to be shown at the door."""

    tariff: str
    name: str
    family: TariffFamily
    proof: str | None
    price: Money


class ShownZone(msgspec.Struct, frozen=True):
    """A price zone and the tariffs that the public can buy in it."""

    zone: str
    name: str
    colour: str
    tariffs: tuple[ShownTariff, ...]


class ShownWholeScreening(ShownScreening, frozen=True, kw_only=True):
    """A screening, whole."""

    film: ShownWholeFilm | None
    address: str
    ends_at: datetime
    doors_at: datetime
    sales_open_at: datetime
    sales_close_at: datetime
    seats_per_hold_max: int
    layout: str
    zones: tuple[ShownZone, ...]


class ShownProgramme(msgspec.Struct, frozen=True):
    """Screenings by start. ``next`` is the ``cursor`` of the next page, null on the last."""

    screenings: list[ShownScreening]
    next: str | None


def show_screening(screening: Screening, free: Mapping[str, int], locale: str, now: datetime) -> ShownScreening:
    """A screening for a list; ``free`` are the free places by screening, as far as they are known."""
    zone = screening.timezone
    film, version = screening.film, screening.version
    return ShownScreening(
        screening=screening.screening_id,
        festival=screening.festival,
        kind=screening.kind,
        title=pick(heading(screening), locale),
        film=None if film is None else _film(film, locale),
        version=None if version is None else _version(version),
        venue=screening.venue.venue,
        venue_name=pick(screening.venue.name, locale),
        city=screening.venue.city,
        city_name=pick(screening.venue.city_name, locale),
        hall=screening.hall.hall,
        hall_name=pick(screening.hall.name, locale),
        starts_at=screening.starts_at.astimezone(zone),
        timezone=screening.venue.timezone,
        audience=screening.audience,
        status=public_status(screening, now),
        on_sale=on_sale(screening, now),
        seats=SeatTotals(screening.place_count, free.get(screening.screening_id)),
        from_price=from_price(screening),
    )


def show_whole_screening(
    screening: Screening, free: Mapping[str, int], locale: str, now: datetime
) -> ShownWholeScreening:
    """A screening with its film's synopsis, its hours, and the public's tariffs per price zone."""
    listed = msgspec.structs.asdict(show_screening(screening, free, locale, now))
    film = screening.film
    zone = screening.timezone
    whole_film = None
    if film is not None:
        shown = msgspec.structs.asdict(_film(film, locale))
        whole_film = ShownWholeFilm(**shown, synopsis=pick(film.synopsis, locale))
    return ShownWholeScreening(
        **{**listed, "film": whole_film},
        address=pick(screening.venue.address, locale),
        ends_at=screening.ends_at.astimezone(zone),
        doors_at=screening.doors_at.astimezone(zone),
        sales_open_at=screening.sales_open_at.astimezone(zone),
        sales_close_at=screening.sales_close_at.astimezone(zone),
        seats_per_hold_max=screening.rules.seats_per_hold_max,
        layout=screening.layout_id,
        zones=tuple(_zone(screening, price_zone, locale) for price_zone in screening.zones),
    )


def _film(film: Film, locale: str) -> ShownFilm:
    return ShownFilm(
        film=film.film,
        title=pick(film.title, locale),
        original_title=film.original_title,
        directors=film.directors,
        year=film.year,
        running_minutes=film.running_minutes,
        age_category=film.age_category,
        countries=film.countries,
    )


def _version(version: Version) -> ShownVersion:
    return ShownVersion(version.version, version.audio, version.subtitles, version.kind)


def _zone(screening: Screening, zone: PriceZone, locale: str) -> ShownZone:
    return ShownZone(
        zone=zone.zone,
        name=pick(zone.name, locale),
        colour=zone.colour,
        tariffs=tuple(
            ShownTariff(
                tariff=price.tariff,
                name=pick(price.name, locale),
                family=price.family,
                proof=pick(price.proof, locale) or None,
                price=Money(price.amount, screening.currency),
            )
            for price in screening.prices
            if price.zone == zone.zone and price.public
        ),
    )
