"""Films and screenings as schema.org describes them, for search engines and whoever else reads them. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT
from ticketing.programme.model import Film, Screening, heading
from ticketing.web.pages.formatting import moment_text
from ticketing.web.pages.head import Head, data_block, origin_of
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.pages.programme_view import Row, SaleState

SCHEMA: Final = "https://schema.org"
# What can be bought, as schema.org calls it. What it has no word for is left unsaid.
AVAILABILITY: Final[dict[SaleState, str]] = {
    "open": "InStock",
    "few": "LimitedAvailability",
    "sold_out": "SoldOut",
    "not_yet": "PreOrder",
    "closed": "OutOfStock",
    "ended": "OutOfStock",
    "cancelled": "OutOfStock",
}


def movie(film: Film, language: str, *, origin: str, image: str) -> dict[str, Any]:
    """A film as a ``Movie``."""
    hours, minutes = divmod(film.running_minutes, 60)
    title = pick(film.title, language)
    found = {
        "@type": "Movie",
        "@id": f"{origin}/{language}/films/{film.film}",
        "url": f"{origin}/{language}/films/{film.film}",
        "name": title,
        "alternateName": film.original_title if film.original_title != title else None,
        "image": origin + image,
        "description": pick(film.synopsis, language) or None,
        "director": [{"@type": "Person", "name": name} for name in film.directors],
        "dateCreated": str(film.year),
        "duration": f"PT{hours}H{minutes}M",
        "contentRating": film.age_category,
        "countryOfOrigin": [{"@type": "Country", "name": code} for code in film.countries],
    }
    return {name: value for name, value in found.items() if value}


def screening_event(row: Row, language: str, *, origin: str, image: str) -> dict[str, Any]:
    """A screening as a ``ScreeningEvent``; a meeting without a film as an ``Event``."""
    screening = row.screening
    zone = screening.timezone
    address = f"{origin}/{language}/screenings/{screening.screening_id}"
    found: dict[str, Any] = {
        "@type": "ScreeningEvent" if screening.film else "Event",
        "@id": address,
        "url": address,
        "name": pick(heading(screening), language),
        "image": origin + image,
        "startDate": screening.starts_at.astimezone(zone).isoformat(),
        "endDate": screening.ends_at.astimezone(zone).isoformat(),
        "doorTime": screening.doors_at.astimezone(zone).isoformat(),
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "eventStatus": f"{SCHEMA}/Event{'Cancelled' if screening.status == 'cancelled' else 'Scheduled'}",
        "location": _place(screening, language),
        "offers": _offers(row, address),
    }
    if screening.film:
        found["workPresented"] = movie(screening.film, language, origin=origin, image=image)
        found["typicalAgeRange"] = screening.film.age_category.replace("+", "-")
    if screening.version:
        found["inLanguage"] = screening.version.audio
        found["subtitleLanguage"] = list(screening.version.subtitles)
    return {name: value for name, value in found.items() if value}


def _place(screening: Screening, language: str) -> dict[str, Any]:
    venue = screening.venue
    return {
        "@type": "MovieTheater",
        "name": f"{pick(venue.name, language)}, {pick(screening.hall.name, language)}",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": pick(venue.address, language),
            "addressLocality": pick(venue.city_name, language),
            "addressCountry": venue.country,
        },
    }


def _offers(row: Row, address: str) -> list[dict[str, Any]]:
    """What the public can buy: one offer a price. None where tickets are not sold, by invitation or never."""
    screening = row.screening
    if row.state == "invitation":
        return []
    amounts = sorted({price.amount for price in screening.prices if price.public})
    availability = AVAILABILITY.get(row.state)
    return [
        {
            "@type": "Offer",
            "url": address,
            "price": f"{amount / MINOR_UNITS_PER_UNIT:.2f}",
            "priceCurrency": screening.currency,
            "validFrom": screening.sales_open_at.astimezone(screening.timezone).isoformat(),
            "validThrough": screening.sales_close_at.astimezone(screening.timezone).isoformat(),
            **({"availability": f"{SCHEMA}/{availability}"} if availability else {}),
        }
        for amount in amounts
    ]


def in_context(things: Sequence[dict[str, Any]], language: str) -> dict[str, Any]:
    """One document of several things, in a language."""
    context = [SCHEMA, {"@language": language}]
    return {"@context": context, "@graph": list(things)}


def share_address(screening: Screening, language: str) -> str:
    """The card of a screening: its film's, or where there is none its festival's."""
    if screening.film:
        return f"/share/{language}/films/{screening.film.film}.png"
    return f"/share/{language}/festivals/{screening.festival}.png"


def screening_head(request: AnyRequest, row: Row, language: str) -> Head:
    """What the head of a screening's page tells machines."""
    screening = row.screening
    image = share_address(screening, language)
    venue = f"{pick(screening.venue.city_name, language)}, {pick(screening.venue.name, language)}"
    synopsis = pick(screening.film.synopsis, language) if screening.film else ""
    begins = moment_text(screening.starts_at, screening.timezone, language)
    event = screening_event(row, language, origin=origin_of(request), image=image)
    return Head(
        place=f"/screenings/{screening.screening_id}",
        title=f"{pick(heading(screening), language)} · {venue}",
        description=f"{begins}. {venue}. {synopsis}".strip(),
        image=image,
        data=data_block(in_context([event], language)),
    )
