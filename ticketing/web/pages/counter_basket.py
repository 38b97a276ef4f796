"""The basket of the counter: what one sale holds, of one screening or several, and what is chosen for its seats.

Nothing of it is stored: the ids of the holds, with every choice that differs from the usual one, go along in the
addresses and forms of the page, so that each tab is a sale of its own.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.ids import screening_of_hold
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.sales.model import HOLDS_PER_ORDER_MAX
from ticketing.seating.model import Hold
from ticketing.web.pages.counter_sale_view import SaleSeat, total_of
from ticketing.web.pages.forms import Form

HOLD_SIGNS_MAX = 128
SLUG_SIGNS_MAX = 63
USUAL_MODE = "presale"
FULL_PROBLEM = N_("A sale has seats of at most 20 screenings: sell these first")


class Choices(msgspec.Struct, frozen=True):
    """What an address or a form says of a basket: the holds in their order, the tariff by screening and seat, the
    mode by screening. What is not named is as usual.
    """

    holds: tuple[str, ...] = ()
    tariffs: dict[tuple[str, str], str] = {}
    modes: dict[str, str] = {}

    def tariffs_of(self, screening: str) -> dict[str, str]:
        """The tariffs chosen for the seats of a screening."""
        return {seat: tariff for (named, seat), tariff in self.tariffs.items() if named == screening}

    def hold_of(self, screening: str) -> str | None:
        """The hold of seats of a screening; a basket has one each."""
        return next((hold for hold in self.holds if screening_of_hold(hold) == screening), None)

    def with_hold(self, hold: str, instead_of: str | None) -> "Choices":
        """With a hold in the place of another one, or at the end."""
        holds = tuple(hold if one == instead_of else one for one in self.holds)
        return msgspec.structs.replace(self, holds=holds if hold in holds else (*holds, hold))

    def fields(self) -> list[tuple[str, str]]:
        """What goes along in addresses and forms."""
        return [
            *(("hold", hold) for hold in self.holds),
            *((f"tariff:{screening}:{seat}", tariff) for (screening, seat), tariff in self.tariffs.items()),
            *((f"mode:{screening}", mode) for screening, mode in self.modes.items()),
        ]


class BasketPart(msgspec.Struct, frozen=True):
    """The seats of one screening in the basket. ``entering``: they can be sold for immediate entry."""

    hold: Hold
    screening: Screening
    seats: tuple[SaleSeat, ...]
    mode: str
    entering: bool


def choices_of(form: Form) -> Choices:
    """The choices that a form, or the query of an address, names.

    Raises:
        InvalidField: more holds than a sale may have, or something is too long.
    """
    holds = tuple(dict.fromkeys(hold[:HOLD_SIGNS_MAX] for hold in form.texts("hold") if hold))
    if len(holds) > HOLDS_PER_ORDER_MAX:
        raise InvalidField(problem=FULL_PROBLEM, field="hold")
    tariffs, modes = {}, {}
    for name in form.names():
        kind, _, rest = name.partition(":")
        screening, _, seat = rest.partition(":")
        if kind == "tariff" and seat:
            tariffs[screening, seat] = form.text(name, SLUG_SIGNS_MAX)
        elif kind == "mode" and not seat:
            modes[screening] = form.text(name, SLUG_SIGNS_MAX)
    if form.text("do") == "same" and tariffs:
        tariffs = dict.fromkeys(tariffs, next(iter(tariffs.values())))
    return Choices(holds, tariffs, modes)


def carried(basket: Sequence[BasketPart]) -> list[tuple[str, str]]:
    """What the links and forms of the page take along: the holds, and what is chosen otherwise than is usual."""
    tariffs = {
        (part.screening.screening_id, seat.seat): seat.tariff.tariff
        for part in basket
        for seat in part.seats
        if seat.tariff and seat.tariff.tariff != seat.usual
    }
    modes = {part.screening.screening_id: part.mode for part in basket if part.mode != USUAL_MODE}
    return Choices(tuple(part.hold.hold for part in basket), tariffs, modes).fields()


def basket_total(basket: Sequence[BasketPart], currency: str) -> Money:
    """What the basket comes to; in ``currency`` where it is empty."""
    seats = [seat for part in basket for seat in part.seats]
    return total_of(seats, basket[0].screening.currency if basket else currency)


def first_to_end(basket: Sequence[BasketPart]) -> datetime | None:
    """When the first of its holds ends; None where there are none."""
    return min((part.hold.expires_at for part in basket), default=None)
