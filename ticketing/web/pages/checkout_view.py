"""The checkout as a page shows it: what is bought, at which tariffs, what it comes to, what was typed. Pure."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money, percent_off
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening, TariffPrice
from ticketing.sales.model import Email, Name, Voucher
from ticketing.seating.model import Hold
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections, public_prices

VOUCHER_SIGNS_MAX = 40
NAME_SIGNS_MAX = 200
TARIFF, HOLDER = "tariff:", "holder:"


class Typed(msgspec.Struct, frozen=True):
    """What the buyer has typed; shown again as it was when something is refused.

    ``tariffs`` and ``holders`` are by field, see :func:`field_of`. ``email_asked`` is the address of which it was
    asked already whether it is spelled right. ``sum_shown`` is what the button said, in minor units. ``told`` are
    seats that the page has said are lost, each as ``hold:seat``: an order sent nevertheless goes without them.
    """

    email: str = ""
    name: str = ""
    voucher: str = ""
    payment: str = ""
    consent: bool = False
    email_asked: str = ""
    sum_shown: str = ""
    tariffs: dict[str, str] = {}
    holders: dict[str, str] = {}
    told: tuple[str, ...] = ()

    def seats_of(self, hold_id: str) -> tuple[str, ...]:
        """The seats of a hold that the form knew."""
        start = field_of(TARIFF, hold_id, "")
        return tuple(field.removeprefix(start) for field in self.tariffs if field.startswith(start))

    def wanted_of(self, hold_id: str, standing: Iterable[str]) -> list[str]:
        """The seats of a hold that are to be ordered: not those of which it was told that they are lost."""
        still = set(standing)
        return [seat for seat in self.seats_of(hold_id) if seat in still or f"{hold_id}:{seat}" not in self.told]

    @property
    def hold_ids(self) -> list[str]:
        """The holds that the form knew, in its order."""
        fields = (field.removeprefix(TARIFF).partition(":")[0] for field in self.tariffs)
        return list(dict.fromkeys(fields))

    def moved(self, hold_id: str, seats: Sequence[str], to_hold: str, to_seats: Sequence[str]) -> "Typed":
        """The same with other seats in the place of some: each takes the tariff and the name of its forerunner."""
        tariffs, holders = dict(self.tariffs), dict(self.holders)
        for seat, to_seat in zip(seats, to_seats, strict=False):
            for start, fields in ((TARIFF, tariffs), (HOLDER, holders)):
                kept = fields.pop(field_of(start, hold_id, seat), "")
                if kept:
                    fields[field_of(start, to_hold, to_seat)] = kept
        return msgspec.structs.replace(self, tariffs=tariffs, holders=holders)

    def without(self, hold_id: str, seats: Iterable[str]) -> "Typed":
        """The same without some seats of a hold."""
        gone = {field_of(start, hold_id, seat) for seat in seats for start in (TARIFF, HOLDER)}
        return msgspec.structs.replace(
            self,
            tariffs={field: value for field, value in self.tariffs.items() if field not in gone},
            holders={field: value for field, value in self.holders.items() if field not in gone},
        )


class Place(msgspec.Struct, frozen=True):
    """One seat in the checkout: its field for the tariff and for the holder's name, and what it costs."""

    field: str
    holder_field: str
    holder: str
    seat: str
    words: str
    zone: str
    prices: tuple[TariffPrice, ...]
    tariff: str

    @property
    def chosen(self) -> TariffPrice | None:
        """The tariff chosen, with its price and proof."""
        return next((price for price in self.prices if price.tariff == self.tariff), None)

    @property
    def amount(self) -> int:
        """What the seat costs at the tariff chosen, before any voucher, in minor units."""
        return self.chosen.amount if self.chosen else 0


class Part(msgspec.Struct, frozen=True):
    """The seats of one hold, with the screening they are for."""

    hold: Hold
    screening: Screening
    places: tuple[Place, ...]
    proofs: tuple[tuple[str, str], ...]
    """What is asked for at the door, by tariff, in words."""


class Sum(msgspec.Struct, frozen=True):
    """What the order comes to: ``full`` before, ``total`` after what a voucher takes off."""

    full: Money
    total: Money

    @property
    def off(self) -> Money:
        """What a voucher takes off."""
        return Money(self.full.amount - self.total.amount, self.full.currency)


def field_of(start: str, hold_id: str, seat: str) -> str:
    """The name of the field that carries a seat's tariff, or its holder's name."""
    return f"{start}{hold_id}:{seat}"


def order_key_of(hold_ids: Iterable[str]) -> str:
    """The idempotency key of an order for these holds.

    A hold becomes one order at most, and its id is 128 random bits that only its owner knows: so whatever sends the
    same holds again (a double click, a reload, the way back, a second tab) means the same order.
    """
    digest = hashlib.sha256("\n".join(sorted(set(hold_ids))).encode()).digest()
    return f"page-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def part_of(hold: Hold, screening: Screening, layout: Layout, typed: Typed, language: str) -> Part:
    """A hold as it stands in the checkout. A tariff that is not offered for its seat becomes the first that is."""
    zones = {zone.zone: pick(zone.name, language) for zone in screening.zones}
    places = []
    for seat, words in zip(hold.seats, words_of(hold.seats, screening, layout, language), strict=True):
        zone = layout.zone_of[layout.index_of[seat]]
        prices = tuple(public_prices(screening, zone))
        field, holder_field = (field_of(start, hold.hold, seat) for start in (TARIFF, HOLDER))
        wanted = typed.tariffs.get(field, "")
        offered = [price.tariff for price in prices]
        tariff = wanted if wanted in offered else (offered[0] if offered else "")
        holder = typed.holders.get(holder_field, "")
        places.append(Place(field, holder_field, holder, seat, words, zones.get(zone, zone), prices, tariff))
    prices_of_all = (price for place in places for price in place.prices if price.proof)
    proofs = {pick(price.name, language): pick(price.proof, language) for price in prices_of_all}
    return Part(hold, screening, tuple(places), tuple(proofs.items()))


def words_of(seats: Iterable[str], screening: Screening, layout: Layout, language: str) -> list[str]:
    """Each seat in words."""
    sections = names_of_sections(layout, language)
    areas = names_of_areas(screening, layout, language)
    return [place_text(seat, sections, areas, language) for seat in seats]


def by_currency(parts: Iterable[Part]) -> list[list[Part]]:
    """Parts that make one order, that of the soonest screening first: no order takes two currencies."""
    groups: dict[str, list[Part]] = {}
    for part in sorted(parts, key=lambda part: (part.screening.starts_at, part.hold.hold)):
        groups.setdefault(part.screening.currency, []).append(part)
    return list(groups.values())


def price_after(part: Part, amount: int, voucher: Voucher | None) -> int:
    """A price of a part in minor units, after the voucher, which counts for one festival alone."""
    if voucher is None or part.screening.festival != voucher.festival:
        return amount
    return percent_off(amount, voucher.percent)


def sum_of(parts: Sequence[Part], voucher: Voucher | None) -> Sum | None:
    """What parts of one currency come to; None where there are none."""
    if not parts:
        return None
    currency = parts[0].screening.currency
    full = sum(place.amount for part in parts for place in part.places)
    total = sum(price_after(part, place.amount, voucher) for part in parts for place in part.places)
    return Sum(Money(full, currency), Money(total, currency))


def soonest_end(parts: Sequence[Part], now: datetime) -> int:
    """Milliseconds until the first hold ends."""
    ends = min((part.hold.expires_at for part in parts), default=now)
    return max(0, round((ends - now).total_seconds() * 1000))


def mistakes_in(typed: Typed) -> dict[str, str]:
    """What is wrong with what was typed, as names of texts by field; empty where nothing is.

    The order itself is checked again where it is placed: this is so that all mistakes are told at once.
    """
    found: dict[str, str] = {}
    for field, kind in (("email", Email), ("name", Name)):
        try:
            msgspec.convert(getattr(typed, field), kind)
        except msgspec.ValidationError:
            found[field] = field
    if not typed.consent:
        found["consent"] = "consent"
    long = [field for field, name in typed.holders.items() if len(name) > NAME_SIGNS_MAX]
    return found | dict.fromkeys(long, "holder")


def typed_from(fields: Mapping[str, str], told: Iterable[str] = ()) -> Typed:
    """What was typed, from the fields of the form."""
    return Typed(
        email=fields.get("email", ""),
        name=fields.get("name", ""),
        voucher=fields.get("voucher", "")[:VOUCHER_SIGNS_MAX],
        payment=fields.get("payment", ""),
        consent=bool(fields.get("consent", "")),
        email_asked=fields.get("email_asked", ""),
        sum_shown=fields.get("sum_shown", ""),
        tariffs={name: value for name, value in fields.items() if name.startswith(TARIFF)},
        holders={name: value for name, value in fields.items() if name.startswith(HOLDER)},
        told=tuple(told),
    )
