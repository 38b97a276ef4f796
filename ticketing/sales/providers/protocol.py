"""What a way of paying is asked for, and what it tells us. How to write one: ``docs/payment-providers.md``."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

import msgspec

from ticketing.kernel.ids import ALPHABET, ORDER_ID_LENGTH
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.sales.model import Locale

CHARGE_SIGNS_MAX = 40
_CHARGE = re.compile(rf"([{ALPHABET}]{{{ORDER_ID_LENGTH}}})(?:-[{ALPHABET}]{{4,24}})?")


def order_of_charge(charge: str) -> str | None:
    """The order that a charge belongs to; None where the text can't be a charge.

    ``K7Q29XFM`` is the order itself; ``K7Q29XFM-`` and 4 to 24 more signs one change of it.
    """
    match = _CHARGE.fullmatch(charge)
    return match[1] if match else None


def page_of(base: str, provider: str, charge: str, secret: str, locale: str) -> str:
    """Our own page for paying a charge: it shows what is ours to show, or leads on to the provider."""
    return f"{base}/{locale}/pay/{provider}/{charge}/{secret}"


def order_ttl_of(screenings: Sequence[Screening]) -> timedelta:
    """How long an order for these screenings waits for its payment, where the provider needs no other time."""
    return timedelta(seconds=min(screening.rules.order_ttl_s for screening in screenings))


class Charge(msgspec.Struct, frozen=True):
    """What somebody is asked to pay.

    ``charge`` is the name under which the provider tells us of it: the order's id, or a longer one (see
    :func:`order_of_charge`) for the difference of an exchange. ``secret`` is that of the order. ``description`` is
    what the provider shows, in the buyer's language. ``expires_at``: until when it is waited for. ``back`` is the
    address of the order's page.
    """

    charge: str
    order: str
    secret: str
    money: Money
    locale: Locale
    email: str
    description: str
    expires_at: datetime | None
    back: str


class PaymentNotice(msgspec.Struct, frozen=True):
    """What a provider says of one payment. ``event`` names the notice and ``reference`` the payment, both in the
    provider's own words: the same notice, sent again, carries the same ones.
    """

    provider: str
    event: str
    charge: str
    outcome: Literal["paid", "refused"]
    reference: str
    money: Money


class RefundNotice(msgspec.Struct, frozen=True):
    """A provider says that money which it had taken over did not arrive. ``refund`` is our number of the refund."""

    provider: str
    event: str
    refund: int


class RefundOwed(msgspec.Struct, frozen=True):
    """Money to be sent back. ``refund`` is its idempotency key; ``payment`` the provider's reference of the payment
    that it comes from.
    """

    refund: int
    order: str
    payment: str
    money: Money


class PaymentProvider(Protocol):
    """A way of paying. Nothing here may hold up the event loop; each call to a provider has its bound in time."""

    name: str
    """Stands in the setting, in addresses and in the books: lower case, never changed."""
    title: str
    """How the buyer knows it; a gettext msgid, like ``sentence``."""
    sentence: str
    """What will happen to whoever chooses it."""
    refunds_by_hand: bool
    """Money goes back through a person at the counter, and :meth:`refund` is never called."""
    leads_to: tuple[str, ...]
    """Origins of its own pages, for the content security policy of a page whose form leads there."""

    def pay_until(self, screenings: Sequence[Screening], now: datetime) -> datetime | None:
        """Until when an order for these screenings, placed ``now``, can be paid this way; None where it can't."""
        ...

    async def start(self, charge: Charge) -> str:
        """The address at which the buyer pays. The same charge, started twice, is the same payment.

        Raises:
            PaymentUnavailable: the provider does not answer; nothing is lost, and a retry helps.
        """
        ...

    async def ask(self, charge: Charge) -> PaymentNotice | None:
        """What became of a charge that was started, asked when the buyer comes back; None while nothing is known.

        Raises:
            PaymentUnavailable
        """
        ...

    def close_ended(self) -> AsyncIterator[PaymentNotice]:
        """End, at the provider, what waits there for charges whose time is over; what turned out to be paid, one by
        one. A notice counts as taken when the next one is asked for: until then it is told again.

        Raises:
            PaymentUnavailable: some are left for the next time.
        """
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | RefundNotice | None:
        """What a notice of the provider says, once its signature is checked; None where it does not concern us.
        Header names are in lower case.

        Raises:
            Unauthenticated: it is not from the provider.
            InvalidField: it is, but can't be understood.
        """
        ...

    async def refund(self, owed: RefundOwed) -> str:
        """Send money back; the provider's reference of it. Asked again for the same refund, none goes twice.

        Raises:
            PaymentUnavailable: the provider does not answer; it is tried again.
            RefundRefused: the provider will never send it; a person has to.
        """
        ...
