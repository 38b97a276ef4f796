"""What every report is made of: screenings with their rights of entry by tariff, as the ledger has them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from ticketing.kernel.money import Money
from ticketing.programme.model import ScreeningKind, ScreeningStatus, TariffFamily, Translated, VersionKind

# The tax on cinema tickets (taxe sur le prix des entrées) is 10.72 % of the price.
TSA_PER_TEN_THOUSAND: Final = 1072
TSA_COUNTRY: Final = "FR"
WEDNESDAY: Final = 2


class PriceFacts(msgspec.Struct, frozen=True):
    """Rights of one tariff at one price, in minor units. A price that is listed and was never paid has zeros."""

    amount: int
    issued: int
    cancelled: int


class TariffFacts(msgspec.Struct, frozen=True):
    """Rights of one screening and tariff.

    In pre-sale is what the counter sold so, and of all other rights what was issued before the doors opened; of the
    cancelled rights, those that had been issued so. ``first_number`` and ``last_number`` are None until a right is
    sealed; ``unnumbered`` counts those issued a moment ago, whose seal is still to come. ``hand_sold`` of
    the issued ones were sold by hand during an outage and entered afterwards.
    """

    tariff: str
    name: Translated
    family: TariffFamily
    currency: str
    issued: int
    issued_in_presale: int
    cancelled: int
    cancelled_in_presale: int
    unnumbered: int
    first_number: int | None
    last_number: int | None
    prices: tuple[PriceFacts, ...]
    hand_sold: int = 0

    @property
    def sold(self) -> int:
        """Rights that hold: issued and not cancelled."""
        return self.issued - self.cancelled

    @property
    def takings(self) -> int:
        """What was taken for the rights that hold, in minor units."""
        return sum(price.amount * (price.issued - price.cancelled) for price in self.prices)


class RentalFacts(msgspec.Struct, frozen=True):
    """What one distributor gets of a screening: hundredths of a percent of its takings, or a flat amount."""

    distributor: str
    rate_basis_points: int | None
    flat: Money | None


class ScreeningFacts(msgspec.Struct, frozen=True):
    """A screening, and what was sold for it.

    ``day`` is that of the venue; ``sold`` and ``admitted`` count live tickets, ``tariffs`` what the ledger says.
    ``title`` is what the screening was announced as. A meeting may have neither film nor version.
    ``admitted_by_tariff`` is None in weeks that were closed before it was counted. ``rentals`` are the terms of its
    film, or its own where it has some; none where nobody has entered any.
    """

    screening: str
    festival: str
    kind: ScreeningKind
    status: ScreeningStatus
    title: Translated
    film: str | None
    film_title: Translated
    original_title: str | None
    visa_number: str | None
    certificate_number: str | None
    distributor: str | None
    version: str | None
    version_kind: VersionKind | None
    audio: str | None
    subtitles: tuple[str, ...]
    venue: str
    venue_name: Translated
    city: str
    city_name: Translated
    country: str
    timezone: str
    hall: str
    hall_name: Translated
    starts_at: datetime
    doors_at: datetime
    day: date
    currency: str
    sold: int
    admitted: int
    tariffs: tuple[TariffFacts, ...]
    admitted_by_tariff: dict[str, int] | None = None
    rentals: tuple[RentalFacts, ...] = ()


def film_week(day: date) -> date:
    """The Wednesday on which the film week of a day begins; it ends on the Tuesday after (D212-89)."""
    return day - timedelta(days=(day.weekday() - WEDNESDAY) % 7)


def tsa_estimate(takings: int, currency: str, country: str) -> Money | None:
    """The French tax on tickets as estimated from takings in minor units, half a cent rounded up.

    None outside France. An estimate: the tax itself is assessed ticket by ticket, with its exemptions.
    """
    if country != TSA_COUNTRY:
        return None
    return Money((takings * TSA_PER_TEN_THOUSAND + 5000) // 10_000, currency)


def sums_of(tariffs: Iterable[TariffFacts]) -> tuple[Money, ...]:
    """What tariffs took, by currency."""
    sums: dict[str, int] = {}
    for tariff in tariffs:
        sums[tariff.currency] = sums.get(tariff.currency, 0) + tariff.takings
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
