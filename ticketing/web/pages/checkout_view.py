"""The checkout as a page shows it: what is bought, at which tariffs, and what was typed so far. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening, TariffPrice
from ticketing.sales.model import Email, Name
from ticketing.seating.model import Hold
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections, public_prices

VOUCHER_SIGNS_MAX = 40


class Place(msgspec.Struct, frozen=True):
    """One seat in the checkout. ``field`` is the name of its tariff's field in the form."""

    field: str
    seat: str
    words: str
    zone: str
    prices: tuple[TariffPrice, ...]
    tariff: str

    @property
    def amount(self) -> int:
        """What the seat costs at the tariff chosen, in minor units."""
        return next((price.amount for price in self.prices if price.tariff == self.tariff), 0)


class Part(msgspec.Struct, frozen=True):
    """The seats of one hold, with the screening they are for."""

    hold: Hold
    screening: Screening
    places: tuple[Place, ...]
    proofs: tuple[tuple[str, str], ...]


class Typed(msgspec.Struct, frozen=True):
    """What the buyer has typed; shown again as it was when something is refused."""

    email: str = ""
    name: str = ""
    voucher: str = ""
    payment: str = ""
    consent: bool = False
    tariffs: dict[str, str] = {}


def field_of(hold_id: str, seat: str) -> str:
    """The name of the field that carries a seat's tariff."""
    return f"tariff:{hold_id}:{seat}"


def part_of(hold: Hold, screening: Screening, layout: Layout, typed: Typed, language: str) -> Part:
    """A hold as it stands in the checkout. A tariff that is not offered for its seat becomes the first that is."""
    sections = names_of_sections(layout, language)
    areas = names_of_areas(screening, layout, language)
    zones = {zone.zone: pick(zone.name, language) for zone in screening.zones}
    places = []
    for seat in hold.seats:
        zone = layout.zone_of[layout.index_of[seat]]
        prices = tuple(public_prices(screening, zone))
        field = field_of(hold.hold, seat)
        wanted = typed.tariffs.get(field, "")
        offered = [price.tariff for price in prices]
        tariff = wanted if wanted in offered else (offered[0] if offered else "")
        words = place_text(seat, sections, areas, language)
        places.append(Place(field, seat, words, zones.get(zone, zone), prices, tariff))
    proofs = {
        pick(price.name, language): pick(price.proof, language)
        for place in places
        for price in place.prices
        if price.proof
    }
    return Part(hold, screening, tuple(places), tuple(proofs.items()))


def total_of(parts: Iterable[Part]) -> Money | None:
    """The sum before any voucher; None where two currencies meet, which no order takes."""
    known = list(parts)
    currencies = {part.screening.currency for part in known}
    if len(currencies) != 1:
        return None
    return Money(sum(place.amount for part in known for place in part.places), currencies.pop())


def soonest_end(parts: Sequence[Part], now: datetime) -> int:
    """Milliseconds until the first hold ends."""
    ends = min((part.hold.expires_at for part in parts), default=now)
    return max(0, round((ends - now).total_seconds() * 1000))


def mistakes_in(typed: Typed) -> dict[str, str]:
    """What is wrong with what was typed, as msgids by field; empty where nothing is.

    The order itself is checked again where it is placed: this is so that all mistakes are told at once.
    """
    found: dict[str, str] = {}
    for field, kind, words in (("email", Email, "email"), ("name", Name, "name")):
        try:
            msgspec.convert(getattr(typed, field), kind)
        except msgspec.ValidationError:
            found[field] = words
    if not typed.consent:
        found["consent"] = "consent"
    return found


def typed_from(fields: Mapping[str, str]) -> Typed:
    """What was typed, from the fields of the form."""
    return Typed(
        email=fields.get("email", ""),
        name=fields.get("name", ""),
        voucher=fields.get("voucher", "")[:VOUCHER_SIGNS_MAX],
        payment=fields.get("payment", ""),
        consent=bool(fields.get("consent", "")),
        tariffs={name: value for name, value in fields.items() if name.startswith("tariff:")},
    )
