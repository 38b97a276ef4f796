"""A bank of our own for demonstrations: no money moves, everything else does."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.sales.providers.protocol import (
    CHARGE_SIGNS_MAX,
    Charge,
    PaymentNotice,
    RefundOwed,
    order_ttl_of,
    page_of,
)

SIGNATURE_HEADER = "demo-signature"


class DemoEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of the demo bank's webhook."""

    event: Annotated[str, Meta(min_length=1, max_length=255)]
    charge: Annotated[str, Meta(min_length=1, max_length=CHARGE_SIGNS_MAX)]
    outcome: Literal["paid", "refused"]
    reference: Annotated[str, Meta(min_length=1, max_length=255)]
    amount: Annotated[int, Meta(ge=1, le=10**12)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class DemoProvider:
    """The demo bank. It signs its webhooks, so that the way of a real bank's notice is walked."""

    name = "demo"
    title = N_("Demo bank")
    sentence = N_("For trying things out: a page like a bank's, but no money moves.")
    refunds_by_hand = False
    leads_to: tuple[str, ...] = ()

    def __init__(self, context: Context) -> None:
        self._url = context.settings.public_url
        self._key = context.secrets.order_secret("demo-bank").encode()

    def pay_until(self, screenings: Sequence[Screening], now: datetime) -> datetime | None:
        """As long as an order waits."""
        return now + order_ttl_of(screenings)

    async def start(self, charge: Charge) -> str:
        """The page of the demo bank."""
        return page_of(self._url, self.name, charge.charge, charge.secret, charge.locale)

    async def ask(self, charge: Charge) -> PaymentNotice | None:
        """This bank has told by itself all that it knows."""

    async def close_ended(self) -> AsyncIterator[PaymentNotice]:
        """Its pages are ours, and show an order as it stands."""
        none: tuple[PaymentNotice, ...] = ()
        for notice in none:
            yield notice

    def sign(self, body: bytes) -> str:
        """The signature under a webhook of this bank: HMAC-SHA-256, in hexadecimal."""
        return hmac.digest(self._key, body, hashlib.sha256).hex()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        if not hmac.compare_digest(self.sign(body).encode(), headers.get(SIGNATURE_HEADER, "").encode()):
            raise errors.Unauthenticated
        try:
            event = msgspec.json.decode(body, type=DemoEvent)
        except msgspec.DecodeError as error:
            raise errors.InvalidField(problem=str(error), field="") from None
        return PaymentNotice(
            provider=self.name,
            event=event.event,
            charge=event.charge,
            outcome=event.outcome,
            reference=event.reference,
            money=Money(event.amount, event.currency),
        )

    async def refund(self, owed: RefundOwed) -> str:
        """The demo bank has taken no money, so there is none to send back."""
        return f"demo-refund-{owed.refund}"
