"""Stripe: its hosted Checkout page, its signed webhooks, its refunds, through its official client.

The client's calls are blocking, so each runs in a thread, with a bound in time. Sessions are kept in Postgres: a
charge has one open page at most, and when its time is over the page is closed at Stripe.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

import msgspec
import stripe
import structlog

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.threads import Threads
from ticketing.programme.model import Screening
from ticketing.sales.providers.protocol import (
    Charge,
    PaymentNotice,
    RefundNotice,
    RefundOwed,
    order_ttl_of,
    page_of,
)

SQL = load_queries("payments")
SIGNATURE_HEADER = "stripe-signature"
# Stripe's own advice: an older signature may have been recorded and played again.
TOLERANCE_S = 300
TIMEOUT_S = 8
RETRIES_MAX = 1
THREADS_MAX = 4
WAITING_MAX = 64
SESSIONS_CLOSED_AT_ONCE_MAX = 50
REFUNDS_PER_PAYMENT_MAX = 100
# A Checkout Session lives between 30 minutes and 24 hours: its bounds. Our own deadline is kept by closing it.
SESSION_MIN = timedelta(minutes=31)
SESSION_MAX = timedelta(hours=23)
# We count hundredths (kernel/money.py). Stripe counts these in whole units, in thousandths, or only in whole
# hundreds of hundredths: https://docs.stripe.com/currencies#zero-decimal
CURRENCIES_OF_OTHER_UNITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
    | {"BHD", "JOD", "KWD", "OMR", "TND"}
    | {"ISK", "UGX"}
)
LOCALES = {"kk": "auto", "ru": "ru", "fr": "fr", "en": "en"}
# Refused for good. Whatever else Stripe objects to is tried again: an operator can mend it (an empty balance).
REFUND_CODES_FINAL = frozenset({"charge_already_refunded", "charge_disputed", "resource_missing"})

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class _Session(msgspec.Struct, frozen=True):
    """What we read of a Checkout Session."""

    id: str
    payment_status: str = ""
    amount_total: int | None = None
    currency: str | None = None
    payment_intent: str | None = None
    metadata: dict[str, str] | None = None


class _Refund(msgspec.Struct, frozen=True):
    """What we read of a refund."""

    id: str
    status: str | None = None
    metadata: dict[str, str] | None = None


class _Data(msgspec.Struct, frozen=True):
    object: msgspec.Raw


class _Event(msgspec.Struct, frozen=True):
    """What we read of an event. ``account`` stands in those of another, connected account."""

    id: str
    type: str
    data: _Data
    livemode: bool = False
    account: str | None = None


class StripeProvider:
    """Stripe, with the keys of the settings."""

    name = "stripe"
    title = N_("Bank card")
    sentence = N_("You pay on the page of Stripe, our payment service, and come back here.")
    refunds_by_hand = False
    leads_to: tuple[str, ...] = ("https://checkout.stripe.com",)

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self._context = context
        self._url = settings.public_url
        self._webhook_secrets = [one.strip() for one in settings.stripe_webhook_secret.split(",") if one.strip()]
        self._live = "_live_" in settings.stripe_secret_key
        stripe.enable_telemetry = False
        self._client = stripe.StripeClient(
            settings.stripe_secret_key,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
            max_network_retries=RETRIES_MAX,
            base_addresses={"api": settings.stripe_api_base} if settings.stripe_api_base else None,
        )
        self._threads = Threads("stripe", threads_max=THREADS_MAX, waiting_max=WAITING_MAX)

    def pay_until(self, screenings: Sequence[Screening], now: datetime) -> datetime | None:
        """As long as an order waits; not in currencies that Stripe counts in other units than we do."""
        if any(screening.currency in CURRENCIES_OF_OTHER_UNITS for screening in screenings):
            return None
        return now + order_ttl_of(screenings)

    async def start(self, charge: Charge) -> str:
        """The charge's page at Stripe: the one that is open, else a new one.

        Two that start it at once send the same request under the same key, and get the same page.
        """
        now = self._context.clock.now()
        async with database_errors():
            known = await self._context.postgres.fetchrow(SQL.find_payment_session, self.name, charge.charge, now)
        if known is not None and known["url"] is not None:
            return str(known["url"])
        opened = known["sessions"] if known is not None else 0
        # To the hour, so that the same request says the same.
        latest = now.replace(minute=0, second=0, microsecond=0) + SESSION_MAX
        ends_at = charge.expires_at or now
        lives_until = min(max(ends_at, now.replace(second=0, microsecond=0)) + SESSION_MIN, latest)
        page = page_of(self._url, self.name, charge.charge, charge.secret, charge.locale)
        key = f"session-{charge.charge}-{opened}-{charge.money.amount}-{int(lives_until.timestamp())}"
        session = await self._call(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": charge.money.currency.lower(),
                                "unit_amount": charge.money.amount,
                                "product_data": {"name": charge.description},
                            },
                        }
                    ],
                    "client_reference_id": charge.charge,
                    "metadata": {"charge": charge.charge},
                    "payment_intent_data": {
                        "description": charge.description,
                        "metadata": {"charge": charge.charge},
                    },
                    "customer_email": charge.email,
                    "locale": LOCALES[charge.locale],
                    "expires_at": int(lives_until.timestamp()),
                    "success_url": f"{page}?returned=yes",
                    "cancel_url": charge.back,
                },
                {"idempotency_key": key},
            )
        )
        async with database_errors():
            await self._context.postgres.execute(
                SQL.keep_payment_session, self.name, session.id, charge.charge, session.url, now, ends_at
            )
        return str(session.url)

    async def ask(self, charge: Charge) -> PaymentNotice | None:
        """Whether the charge's newest page has been paid: the buyer may be back before the webhook is here."""
        async with database_errors():
            session = await self._context.postgres.fetchval(SQL.newest_payment_session, self.name, charge.charge)
        return await self._paid(session) if session else None

    async def close_ended(self) -> AsyncIterator[PaymentNotice]:
        """Close the pages of charges whose time is over. One that can't be closed has been paid or has ended: it is
        looked at again until what it says has been taken.
        """
        now = self._context.clock.now()
        async with database_errors():
            rows = await self._context.postgres.fetch(
                SQL.list_payment_sessions_ended, self.name, now, SESSIONS_CLOSED_AT_ONCE_MAX
            )
        for row in rows:
            session = row["session"]
            try:
                await self._call(partial(self._client.v1.checkout.sessions.expire, session))
            except _Objected:
                notice = await self._paid(session)
                if notice is not None:
                    yield notice
            async with database_errors():
                await self._context.postgres.execute(SQL.close_payment_session, self.name, session, now)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | RefundNotice | None:
        """Sessions that were paid or whose payment failed, and refunds that did not arrive. Others, also those of
        another account or mode, don't concern us: Stripe sends an endpoint whatever it is subscribed to.
        """
        self._check_signature(headers.get(SIGNATURE_HEADER, ""), body)
        try:
            event = msgspec.json.decode(body, type=_Event)
            if event.account is not None or event.livemode != self._live:
                return None
            if event.type in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
                session = msgspec.json.decode(event.data.object, type=_Session)
                return _notice_of(session, event.id) if session.payment_status == "paid" else None
            if event.type == "checkout.session.async_payment_failed":
                return _notice_of(msgspec.json.decode(event.data.object, type=_Session), event.id, "refused")
            if event.type in ("refund.failed", "refund.updated"):
                refund = msgspec.json.decode(event.data.object, type=_Refund)
                number = (refund.metadata or {}).get("refund", "")
                if refund.status == "failed" and number.isascii() and number.isdigit() and len(number) < 19:
                    return RefundNotice(self.name, event.id, int(number))
        except msgspec.DecodeError as error:
            raise errors.InvalidField(problem=str(error), field="") from None
        return None

    async def refund(self, owed: RefundOwed) -> str:
        """Send it, unless Stripe has it already: idempotency keys are forgotten after a day, and a refund may have
        waited longer.
        """
        listed = await self._call(
            lambda: self._client.v1.refunds.list({"payment_intent": owed.payment, "limit": REFUNDS_PER_PAYMENT_MAX})
        )
        for sent in (msgspec.convert(one.to_dict(), _Refund) for one in listed.data):
            if (sent.metadata or {}).get("refund") == str(owed.refund):
                if sent.status in ("failed", "canceled"):
                    raise errors.RefundRefused
                return sent.id
        try:
            refund = await self._call(
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": owed.payment,
                        "amount": owed.money.amount,
                        "metadata": {"refund": str(owed.refund), "order": owed.order},
                    },
                    {"idempotency_key": f"refund-{owed.payment}-{owed.refund}"},
                )
            )
        except _Objected as objection:
            if objection.stripe_code in REFUND_CODES_FINAL:
                raise errors.RefundRefused from None
            raise
        return refund.id

    def _check_signature(self, signature: str, body: bytes) -> None:
        for secret in self._webhook_secrets:
            try:
                stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_S)
            except (stripe.SignatureVerificationError, ValueError):
                # The next secret may be it, while they are changed. A body that is not UTF-8 is a ValueError.
                continue
            return
        raise errors.Unauthenticated

    async def _paid(self, session_id: str) -> PaymentNotice | None:
        found = await self._call(lambda: self._client.v1.checkout.sessions.retrieve(session_id))
        session = msgspec.convert(found.to_dict(), _Session)
        return _notice_of(session, f"asked-{session.id}") if session.payment_status == "paid" else None

    async def _call(self, call: Callable[[], Answer]) -> Answer:
        try:
            return await self._threads.run(call)
        except stripe.InvalidRequestError as error:
            log.warning("stripe_objects", code=error.code, parameter=error.param)
            raise _Objected(error.code or "") from None
        except stripe.StripeError as error:
            log.warning("stripe_unavailable", error=type(error).__name__, code=error.code)
            raise errors.PaymentUnavailable from None
        except errors.TooMany:
            raise errors.PaymentUnavailable from None


class _Objected(errors.PaymentUnavailable):
    """Stripe has understood the request and will not do it; ``stripe_code`` says why."""

    def __init__(self, stripe_code: str) -> None:
        super().__init__()
        self.stripe_code = stripe_code


def _notice_of(session: _Session, event: str, outcome: Literal["paid", "refused"] = "paid") -> PaymentNotice | None:
    """None where the session was not made by us: the account may sell other things too."""
    charge = (session.metadata or {}).get("charge")
    if charge is None or session.amount_total is None or session.currency is None:
        return None
    return PaymentNotice(
        provider=StripeProvider.name,
        event=event,
        charge=charge,
        outcome=outcome,
        reference=session.payment_intent or session.id,
        money=Money(session.amount_total, session.currency.upper()),
    )
