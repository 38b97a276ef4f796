"""An exchange on its way. What was chosen stands in its address: every step can be reloaded or gone back to."""

import re
from typing import Final

import msgspec
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from ticketing.kernel.errors import Missing
from ticketing.kernel.i18n import translate
from ticketing.kernel.ids import ALPHABET, TICKET_ID_LENGTH
from ticketing.programme.model import Screening
from ticketing.sales.changes.rules import tickets_named
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.model import OrderFacts
from ticketing.web.pages.choosing_place import ChoosingPlace
from ticketing.web.pages.languages import require_language

PATH = "/{language:str}/orders/{order:str}/{secret:str}/exchange"
SEATS_PATH = PATH + "/{chosen:str}/{screening:str}"
EXCHANGE_COOKIE: Final = "exchange"
BETWEEN: Final = "."
TICKETS_MAX: Final = 20
_CHOSEN: Final = re.compile(rf"[{ALPHABET}]{{{TICKET_ID_LENGTH}}}(\.[{ALPHABET}]{{{TICKET_ID_LENGTH}}})*")


class Swap(msgspec.Struct, frozen=True):
    """An exchange on its way, as its address names it; ``given_up`` are the tickets' seats in this screening.

    ``facts`` is the order as it is.
    """

    language: str
    order: str
    secret: str
    facts: OrderFacts
    tickets: tuple[str, ...]
    screening: Screening
    given_up: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where its seats are chosen."""
        order = order_address(self.language, self.order, self.secret)
        return f"{order}/exchange/{BETWEEN.join(self.tickets)}/{self.screening.screening_id}"

    @property
    def place(self) -> ChoosingPlace:
        """Choosing as many seats as tickets; they are kept apart from the cart."""
        return ChoosingPlace(
            address=self.address,
            onward=f"{self.address}/difference",
            onward_words=translate("To the difference", self.language),
            cookie=EXCHANGE_COOKIE,
            seats_exactly=len(self.tickets),
            given_up=self.given_up,
        )


def order_address(language: str, order: str, secret: str) -> str:
    """The page of an order."""
    return f"/{language}/orders/{order}/{secret}"


async def swap_of(
    sales: NamedDependency[Sales],
    *,
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
    chosen: FromPath[str],
    screening: FromPath[str],
) -> Swap:
    """The exchange that an address names.

    Raises:
        Missing, UnknownOrder, UnknownTicket, UnknownScreening
    """
    require_language(language)
    facts = await open_order(sales, order, secret)
    if not _CHOSEN.fullmatch(chosen) or chosen.count(BETWEEN) >= TICKETS_MAX:
        raise Missing
    named = tuple(dict.fromkeys(chosen.split(BETWEEN)))
    tickets = tickets_named(facts, named)
    given_up = tuple(ticket.seat for ticket in tickets if ticket.screening == screening)
    shown = await sales.catalogue.public_screening(screening)
    return Swap(language, order, secret, facts, named, shown, given_up)


SWAP: Final = {"swap": Provide(swap_of)}
"""What the handlers below `SEATS_PATH` are given."""
