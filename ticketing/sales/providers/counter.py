"""Paying at the box office: the seats are kept until a deadline, and a person takes the money."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.programme.model import Screening
from ticketing.sales.providers.protocol import Charge, PaymentNotice, RefundOwed, page_of

NAME = "counter"
# Less time than this is no time to come: then another way of paying is better.
COUNTER_TIME_MIN = timedelta(minutes=15)


class CounterProvider:
    """The counter. What it takes is entered by ``sales/counter.py``; no machine sends us notices for it."""

    name = NAME
    title = N_("At the box office")
    sentence = N_(
        "Your seats are kept. Come to the box office with the order's number, and pay in cash or by card."
    )
    refunds_by_hand = True
    leads_to: tuple[str, ...] = ()

    def __init__(self, context: Context) -> None:
        self._url = context.settings.public_url

    def pay_until(self, screenings: Sequence[Screening], now: datetime) -> datetime | None:
        """By the rules of each screening's festival: so long before it starts, and no longer than so many seconds.

        ``counter_ttl_s`` of 0 means that the festival takes no money at a counter.
        """
        deadlines = [
            min(
                screening.starts_at - timedelta(minutes=screening.rules.counter_deadline_minutes),
                now + timedelta(seconds=screening.rules.counter_ttl_s),
            )
            for screening in screenings
        ]
        until = min(deadlines)
        return until if until - now >= COUNTER_TIME_MIN else None

    async def start(self, charge: Charge) -> str:
        """The page that says where to pay, and until when."""
        return page_of(self._url, self.name, charge.charge, charge.secret, charge.locale)

    async def ask(self, charge: Charge) -> PaymentNotice | None:
        """What the counter takes is entered at once."""

    async def close_ended(self) -> AsyncIterator[PaymentNotice]:
        """Nothing waits anywhere else."""
        none: tuple[PaymentNotice, ...] = ()
        for notice in none:
            yield notice

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> NoReturn:
        """No notice can be from the counter.

        Raises:
            Unauthenticated: always.
        """
        raise errors.Unauthenticated

    async def refund(self, owed: RefundOwed) -> NoReturn:
        """A person hands it out.

        Raises:
            RefundRefused: always.
        """
        raise errors.RefundRefused
