"""Ways of paying, behind one narrow protocol. What a provider tells us becomes a :class:`PaymentNotice`."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.sales.model import OrderFacts

SIGNATURE_HEADER = "demo-signature"


class PaymentNotice(msgspec.Struct, frozen=True):
    """What a provider says of one payment. ``event`` names the notice and ``reference`` the payment, both in the
    provider's own words: the same notice, sent again, carries the same ones.
    """

    provider: str
    event: str
    order: str
    outcome: Literal["paid", "refused"]
    reference: str
    money: Money


class PaymentProvider(Protocol):
    """A way of paying."""

    name: str

    def payment_url(self, order: OrderFacts, secret: str) -> str:
        """Where the buyer is sent to pay."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        """What a notice of the provider says, once its signature is checked. Header names are in lower case.

        Raises:
            Unauthenticated: it is not from the provider.
            InvalidField: it is, but can't be understood.
        """
        ...

    async def refund(self, order_id: str, money: Money, refund_id: int) -> None:
        """Send money back. The provider takes ``refund_id`` as its idempotency key.

        Raises:
            Unavailable: the provider does not answer; it is tried again.
        """
        ...


class DemoEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of the demo bank's webhook."""

    event: Annotated[str, Meta(min_length=1, max_length=255)]
    order: Annotated[str, Meta(min_length=8, max_length=8)]
    outcome: Literal["paid", "refused"]
    reference: Annotated[str, Meta(min_length=1, max_length=255)]
    amount: Annotated[int, Meta(ge=1, le=10**12)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class DemoProvider:
    """A bank of our own for demonstrations: no money moves, everything else does."""

    name = "demo"

    def __init__(self, context: Context) -> None:
        self._url = context.settings.public_url
        self._key = context.secrets.order_secret("demo-bank").encode()

    def payment_url(self, order: OrderFacts, secret: str) -> str:
        return f"{self._url}/{order.locale}/pay/demo/{order.order}/{secret}"

    def sign(self, body: bytes) -> str:
        """The signature under a webhook of this bank: HMAC-SHA-256, in hexadecimal."""
        return hmac.digest(self._key, body, hashlib.sha256).hex()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        if not hmac.compare_digest(self.sign(body).encode(), headers.get(SIGNATURE_HEADER, "").encode()):
            raise errors.Unauthenticated
        try:
            event = msgspec.json.decode(body, type=DemoEvent)
        except msgspec.DecodeError as error:
            raise errors.InvalidField(problem=str(error), field="") from None
        return PaymentNotice(
            provider=self.name,
            event=event.event,
            order=event.order,
            outcome=event.outcome,
            reference=event.reference,
            money=Money(event.amount, event.currency),
        )

    async def refund(self, order_id: str, money: Money, refund_id: int) -> None:
        """The demo bank has taken no money, so there is none to send back."""


class Providers:
    """The ways of paying that are switched on."""

    def __init__(self, context: Context) -> None:
        known: dict[str, PaymentProvider] = {"demo": DemoProvider(context)}
        self._offered = {name: known[name] for name in context.settings.providers if name in known}

    @property
    def names(self) -> tuple[str, ...]:
        """The ways of paying on offer."""
        return tuple(self._offered)

    def offered(self, name: str | None) -> PaymentProvider:
        """The provider of that name.

        Raises:
            PaymentProviderUnknown: there is none, or it is not switched on.
        """
        if name is None or name not in self._offered:
            raise errors.PaymentProviderUnknown(provider=name or "", offered=list(self._offered))
        return self._offered[name]

    def payment_url(self, order: OrderFacts, secret: str) -> str:
        """Where an order is paid; the order's own page where its provider was switched off meanwhile."""
        provider = self._offered.get(order.provider)
        return provider.payment_url(order, secret) if provider else ""
