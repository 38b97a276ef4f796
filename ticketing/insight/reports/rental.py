"""What distributors get of a film's takings: the rate or flat rate and their share in the weekly return (D212-88).

A rate is of takings without the tax on tickets (TSA) and value added tax (Code du cinéma, L213-10). Both are
estimated from takings, so what is reckoned from them is one too. Each sum is rounded once, half a minor unit
up: the taxes of all that was taken under the same terms, then the share of what is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from ticketing.insight.reports.facts import RentalFacts, ScreeningFacts, TariffFacts, tsa_estimate
from ticketing.kernel.money import Money

# Value added tax on cinema tickets, in hundredths of a percent of the price without it: in France 5.5 % (Code
# général des impôts, 278-0 bis G). Other countries want no such return; their takings are left whole.
VAT_PER_TEN_THOUSAND: Final[Mapping[str, int]] = {"FR": 550}

# A screening and its tariffs of one currency. Nearly always that is all of them.
Part = tuple[ScreeningFacts, tuple[TariffFacts, ...]]


class WeeklyRental(msgspec.Struct, frozen=True):
    """What one distributor gets of a film's week in a hall under one rate or flat rate.

    ``rental_rate_basis_points`` are hundredths of a percent of ``rental_base``, which is ``takings`` less both
    estimates. ``flat_rate`` is for each of ``screenings``, those that were cancelled left out, in a currency of its
    own. ``screenings`` and ``takings`` are of the screenings under these terms.
    """

    distributor: str
    rental_rate_basis_points: int | None
    flat_rate: Money | None
    screenings: int
    takings: Money
    tsa_estimate: Money | None
    vat_estimate: Money | None
    rental_base: Money
    distributor_share: Money


def vat_estimate(takings: int, currency: str, country: str) -> Money | None:
    """The value added tax that is in takings of minor units, half a cent rounded up; None outside France."""
    rate = VAT_PER_TEN_THOUSAND.get(country)
    if rate is None:
        return None
    return Money((2 * takings * rate + 10_000 + rate) // (2 * (10_000 + rate)), currency)


def weekly_rentals(parts: Sequence[Part], currency: str) -> tuple[WeeklyRental, ...]:
    """The rentals of screenings of one film in one hall, by distributor; one line a distributor and its terms."""
    rented: dict[RentalFacts, list[Part]] = {}
    for part in parts:
        for terms in part[0].rentals:
            rented.setdefault(terms, []).append(part)
    lines = (_rental(terms, covered, currency) for terms, covered in rented.items())
    return tuple(
        sorted(lines, key=lambda line: (line.distributor, line.rental_rate_basis_points or 0, line.screenings))
    )


def shares_of(rentals: Iterable[WeeklyRental]) -> tuple[Money, ...]:
    """What all distributors get together, by currency."""
    sums: dict[str, int] = {}
    for share in (line.distributor_share for line in rentals):
        sums[share.currency] = sums.get(share.currency, 0) + share.amount
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))


def _rental(terms: RentalFacts, parts: Sequence[Part], currency: str) -> WeeklyRental:
    takings = sum(tariff.takings for _, tariffs in parts for tariff in tariffs)
    country = parts[0][0].country
    tsa, vat = tsa_estimate(takings, currency, country), vat_estimate(takings, currency, country)
    base = takings - sum(tax.amount for tax in (tsa, vat) if tax)
    # A screening sold in two currencies stands in two returns; its flat rate is due once.
    shown = sum(screening.status != "cancelled" and screening.currency == currency for screening, _ in parts)
    if terms.flat is not None:
        share = Money(terms.flat.amount * shown, terms.flat.currency)
    else:
        share = Money((base * (terms.rate_basis_points or 0) + 5_000) // 10_000, currency)
    return WeeklyRental(
        distributor=terms.distributor,
        rental_rate_basis_points=terms.rate_basis_points,
        flat_rate=terms.flat,
        screenings=shown,
        takings=Money(takings, currency),
        tsa_estimate=tsa,
        vat_estimate=vat,
        rental_base=Money(base, currency),
        distributor_share=share,
    )
