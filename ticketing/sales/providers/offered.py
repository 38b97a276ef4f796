"""The ways of paying that are switched on, and which of them suit an order."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.providers.counter import CounterProvider
from ticketing.sales.providers.demo import DemoProvider
from ticketing.sales.providers.protocol import PaymentProvider, page_of


class Offer(msgspec.Struct, frozen=True):
    """A way of paying as a buyer is asked to choose it, in their language; ``until``: when it must be paid."""

    provider: str
    title: str
    sentence: str
    until: datetime


def _provider(name: str, context: Context) -> PaymentProvider | None:
    """None for a name that we don't know, and where its keys are missing: ``ticketing doctor`` tells of both."""
    if name == "demo":
        return DemoProvider(context)
    if name == "counter":
        return CounterProvider(context)
    if name == "stripe" and context.settings.stripe_secret_key and context.settings.stripe_webhook_secret:
        # Its client takes a third of a second to load: only where it is used.
        from ticketing.sales.providers.stripe import StripeProvider  # noqa: PLC0415

        return StripeProvider(context)
    return None


class Providers:
    """The ways of paying that are switched on, in the order of the setting."""

    def __init__(self, context: Context) -> None:
        self._url = context.settings.public_url
        self._offered: dict[str, PaymentProvider] = {}
        for name in context.settings.providers:
            provider = _provider(name, context)
            if provider is not None:
                self._offered[name] = provider

    def __iter__(self) -> Iterator[PaymentProvider]:
        return iter(self._offered.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The ways of paying that are switched on."""
        return tuple(self._offered)

    @property
    def by_hand(self) -> tuple[str, ...]:
        """Those of them whose money goes back through a person."""
        return tuple(name for name, provider in self._offered.items() if provider.refunds_by_hand)

    @property
    def refunding(self) -> tuple[str, ...]:
        """Those of them that send money back without a person."""
        return tuple(name for name, provider in self._offered.items() if not provider.refunds_by_hand)

    def offered(self, name: str | None) -> PaymentProvider:
        """The provider of that name.

        Raises:
            PaymentProviderUnknown: there is none, or it is not switched on.
        """
        if name is None or name not in self._offered:
            raise errors.PaymentProviderUnknown(provider=name or "", offered=list(self._offered))
        return self._offered[name]

    def offers(self, screenings: Sequence[Screening], now: datetime, locale: str) -> list[Offer]:
        """The ways in which an order for these screenings can be paid, as a buyer chooses among them."""
        return [
            Offer(name, translate(provider.title, locale), translate(provider.sentence, locale), until)
            for name, provider in self._offered.items()
            if (until := provider.pay_until(screenings, now)) is not None
        ]

    def chosen(
        self, name: str | None, screenings: Sequence[Screening], now: datetime
    ) -> tuple[PaymentProvider, datetime]:
        """The provider that a buyer has chosen for an order of these screenings, and until when it is to be paid.

        Raises:
            PaymentProviderUnknown: there is none, it is not switched on, or it can't serve these screenings.
        """
        provider = self.offered(name)
        until = provider.pay_until(screenings, now)
        if until is None:
            serving = [one for one, other in self._offered.items() if other.pay_until(screenings, now)]
            raise errors.PaymentProviderUnknown(provider=name, offered=serving)
        return provider, until

    def payment_url(self, provider: str, charge: str, secret: str, locale: str) -> str:
        """Where a charge is paid: always a page of ours, so that no provider is asked to show an order. Empty where
        the provider was switched off meanwhile.
        """
        return page_of(self._url, provider, charge, secret, locale) if provider in self._offered else ""
