"""What is Stripe's alone: its pages, its events, its refunds, and its outages."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.sales.providers.stripe_server import WEBHOOK_SECRET, signed
from tests.sales.providers.tellers import StripeTeller, order_by
from tests.sales.test_payments import books
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.charges import open_charge
from ticketing.sales.desk import show_order
from ticketing.sales.orders import expire_orders
from ticketing.sales.payments import close_ended_payments, look_after_return
from ticketing.sales.providers import Providers
from ticketing.sales.refunds import settle_refunds


@pytest.mark.parametrize(("locale", "page"), [("kk", "auto"), ("ru", "ru"), ("fr", "fr"), ("en", "en")])
async def test_a_page_says_what_is_paid_and_leads_back(
    office: BoxOffice, stripe_teller: StripeTeller, locale: str, page: str
) -> None:
    order = await order_by(office, "stripe", "A-1")
    charge = await open_charge(office.house.sales, order.order, order.secret or "")
    url = await stripe_teller.provider.start(msgspec.structs.replace(charge, locale=locale))
    session = stripe_teller.server.sessions[url.rpartition("/")[2]]
    assert (session["amount_total"], session["currency"]) == (350_000, "kzt")
    assert session["metadata"] == {"charge": order.order}
    assert session["locale"] == page
    assert session["cancel_url"] == f"http://tickets.test/en/orders/{order.order}/{order.secret}"
    assert session["success_url"] == (
        f"http://tickets.test/{locale}/pay/stripe/{order.order}/{order.secret}?returned=yes"
    )


async def test_a_charge_started_many_times_is_one_page(office: BoxOffice, stripe_teller: StripeTeller) -> None:
    order = await order_by(office, "stripe", "A-1")
    charge = await open_charge(office.house.sales, order.order, order.secret or "")
    urls = await outcomes(*(stripe_teller.provider.start(charge) for _ in range(4)))
    assert len(set(urls)) == 1
    assert await stripe_teller.provider.start(charge) == urls[0]
    assert len(stripe_teller.server.sessions) == 1


async def test_an_order_is_placed_while_stripe_is_down(
    office: BoxOffice, stripe_teller: StripeTeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0.01)
    stripe_teller.server.down = True
    order = await order_by(office, "stripe", "A-1")
    charge = await open_charge(office.house.sales, order.order, order.secret or "")
    with pytest.raises(errors.PaymentUnavailable):
        await stripe_teller.provider.start(charge)
    # One try and one more: a buyer waits for this.
    assert stripe_teller.server.asked == ["POST /v1/checkout/sessions"] * 2
    stripe_teller.server.down = False
    assert await stripe_teller.provider.start(charge)


async def test_the_page_is_closed_when_the_time_is_over(
    office: BoxOffice, stripe_teller: StripeTeller, clock: ShiftedClock
) -> None:
    session = await stripe_teller.session(await order_by(office, "stripe", "A-1"))
    assert await close_ended_payments(office.house.sales) == 0
    assert session["status"] == "open"
    clock.ahead += timedelta(minutes=16)
    await expire_orders(office.house.sales)
    assert await close_ended_payments(office.house.sales) == 0
    assert session["status"] == "expired"
    asked = len(stripe_teller.server.asked)
    assert await close_ended_payments(office.house.sales) == 0
    assert len(stripe_teller.server.asked) == asked


async def test_a_payment_whose_notice_was_lost_is_found_when_its_page_is_closed(
    office: BoxOffice, stripe_teller: StripeTeller, clock: ShiftedClock
) -> None:
    order = await order_by(office, "stripe", "A-1")
    session = await stripe_teller.session(order)
    stripe_teller.server.pay(session["id"])
    clock.ahead += timedelta(minutes=16)
    await expire_orders(office.house.sales)
    assert await close_ended_payments(office.house.sales) == 1
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "confirmed"
    # And the notice, should it still come, is the same payment.
    await stripe_teller.tell(stripe_teller.said("checkout.session.completed", session))
    assert await books(office, order) == (350_000, 0, 350_000)


async def test_a_payment_found_while_the_database_is_away_is_found_again(
    office: BoxOffice, stripe_teller: StripeTeller, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await order_by(office, "stripe", "A-1")
    stripe_teller.server.pay((await stripe_teller.session(order))["id"])
    clock.ahead += timedelta(minutes=16)

    async def away(*_: object) -> None:
        raise errors.DatabaseUnavailable

    with monkeypatch.context() as broken:
        broken.setattr("ticketing.sales.payments.take_notice", away)
        with pytest.raises(errors.DatabaseUnavailable):
            await close_ended_payments(office.house.sales)
    assert await close_ended_payments(office.house.sales) == 1
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "confirmed"


async def test_a_buyer_who_is_back_before_the_notice_finds_the_order_paid(
    office: BoxOffice, stripe_teller: StripeTeller
) -> None:
    order = await order_by(office, "stripe", "A-1")
    charge = await open_charge(office.house.sales, order.order, order.secret or "")
    session = await stripe_teller.session(order)
    await look_after_return(office.house.sales, charge, stripe_teller.provider)
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "awaiting_payment"
    stripe_teller.server.pay(session["id"])
    await look_after_return(office.house.sales, charge, stripe_teller.provider)
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "confirmed"
    await stripe_teller.tell(stripe_teller.said("checkout.session.completed", session))
    assert await books(office, order) == (350_000, 0, 350_000)


PAID: dict[str, Any] = {
    "id": "cs_1",
    "payment_status": "paid",
    "payment_intent": "pi_1",
    "amount_total": 350_000,
    "currency": "kzt",
}


@pytest.mark.parametrize(
    ("kind", "change", "more"),
    [
        ("checkout.session.completed", {}, {"account": "acct_of_somebody_else"}),
        ("checkout.session.completed", {}, {"livemode": True}),
        ("checkout.session.completed", {"payment_status": "unpaid"}, {}),
        ("checkout.session.completed", {"metadata": {"of": "another shop"}}, {}),
        ("checkout.session.completed", {"metadata": None}, {}),
        ("checkout.session.completed", {"amount_total": None}, {}),
        ("checkout.session.expired", {"payment_status": "unpaid"}, {}),
        ("payment_intent.succeeded", {}, {}),
        ("charge.refunded", {}, {}),
        ("refund.failed", {"status": "failed", "metadata": {"refund": "x"}}, {}),
    ],
)
async def test_an_event_that_does_not_concern_us_is_taken_and_does_nothing(
    office: BoxOffice, stripe_teller: StripeTeller, kind: str, change: dict[str, Any], more: dict[str, Any]
) -> None:
    order = await order_by(office, "stripe", "A-1")
    body = stripe_teller.server.event(kind, PAID | {"metadata": {"charge": order.order}} | change, **more)
    assert stripe_teller.provider.read_webhook(signed(body), body) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"id": 1}', b'{"id": "evt_1", "type": "checkout.session.completed"}'],
)
async def test_a_signed_body_that_says_nothing_is_refused(stripe_teller: StripeTeller, body: bytes) -> None:
    with pytest.raises((errors.InvalidField, errors.Unauthenticated)):
        stripe_teller.provider.read_webhook(signed(body), body)


async def test_an_old_signature_is_played_again_in_vain(office: BoxOffice, stripe_teller: StripeTeller) -> None:
    order = await order_by(office, "stripe", "A-1")
    told = await stripe_teller.pay(order)
    with pytest.raises(errors.Unauthenticated):
        stripe_teller.provider.read_webhook(signed(told.body, at=time.time() - 301), told.body)
    with pytest.raises(errors.Unauthenticated):
        stripe_teller.provider.read_webhook(signed(told.body, secret="whsec_of_another"), told.body)


async def test_two_signing_secrets_work_while_they_are_changed(office: BoxOffice) -> None:
    settings = msgspec.structs.replace(
        office.context.settings, stripe_webhook_secret=f"whsec_new, {WEBHOOK_SECRET}"
    )
    provider = Providers(type(office.context)(settings, *_rest(office))).offered("stripe")
    body = json.dumps({"id": "evt_1", "type": "ping", "data": {"object": {}}}).encode()
    assert provider.read_webhook(signed(body), body) is None
    assert provider.read_webhook(signed(body, secret="whsec_new"), body) is None


def _rest(office: BoxOffice) -> tuple[Any, ...]:
    context = office.context
    return context.postgres, context.redis, context.clock, context.secrets


@pytest.mark.parametrize(("key", "secret"), [("", "whsec_x"), ("sk_test_x", "")])
async def test_without_its_keys_stripe_is_not_offered(office: BoxOffice, key: str, secret: str) -> None:
    settings = msgspec.structs.replace(office.context.settings, stripe_secret_key=key, stripe_webhook_secret=secret)
    providers = Providers(type(office.context)(settings, *_rest(office)))
    assert providers.names == ("counter", "demo")
    with pytest.raises(errors.PaymentProviderUnknown):
        providers.offered("stripe")


@pytest.mark.parametrize(("currency", "offered"), [("KZT", True), ("EUR", True), ("JPY", False), ("KWD", False)])
async def test_a_currency_that_stripe_counts_otherwise_is_not_offered(
    office: BoxOffice, stripe_teller: StripeTeller, currency: str, offered: bool
) -> None:
    screening = await office.house.catalogue.screening(office.screening)
    screening = msgspec.structs.replace(screening, currency=currency)
    until = stripe_teller.provider.pay_until([screening], office.context.clock.now())
    assert (until is not None) is offered


async def test_a_refund_waits_while_stripe_is_down_and_holds_up_no_other(
    office: BoxOffice, stripe_teller: StripeTeller, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0.01)
    order = await order_by(office, "stripe", "A-1")
    await stripe_teller.tell(await stripe_teller.pay(order))
    await cancel_order(office.house.sales, order.order, order.secret or "")
    other = await office.sell("A-2")
    await cancel_order(office.house.sales, other.order, other.secret or "")
    stripe_teller.server.down = True
    assert await settle_refunds(office.house.sales) == 1
    assert await office.fetchval("select (attempts, last_error) from refund where settled_at is null") == (
        1,
        "payment_unavailable",
    )
    stripe_teller.server.down = False
    assert await settle_refunds(office.house.sales) == 0
    clock.ahead += timedelta(seconds=10)
    assert await settle_refunds(office.house.sales) == 1


async def test_a_refund_that_stripe_has_after_its_key_is_forgotten_is_not_sent_again(
    office: BoxOffice, stripe_teller: StripeTeller
) -> None:
    order = await order_by(office, "stripe", "A-1", "A-2")
    await stripe_teller.tell(await stripe_teller.pay(order))
    await cancel_order(office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    assert await settle_refunds(office.house.sales) == 1
    # Our commit was lost, and a day has passed.
    await office.context.postgres.execute("update refund set settled_at = null")
    stripe_teller.server.answers.clear()
    assert await settle_refunds(office.house.sales) == 1
    intent = await office.fetchval("select provider_reference from payment")
    assert len(stripe_teller.server.refunds_of(intent)) == 1


async def test_a_refund_that_did_not_arrive_is_for_a_person(office: BoxOffice, stripe_teller: StripeTeller) -> None:
    order = await order_by(office, "stripe", "A-1")
    await stripe_teller.tell(await stripe_teller.pay(order))
    await cancel_order(office.house.sales, order.order, order.secret or "")
    assert await settle_refunds(office.house.sales) == 1
    number = await office.fetchval("select refund_id from refund")
    refund = {"id": "re_1", "status": "failed", "metadata": {"refund": str(number)}}
    for _ in range(2):
        body = stripe_teller.server.event("refund.failed", refund)
        said = stripe_teller.provider.read_webhook(signed(body), body)
        assert said is not None
        await stripe_teller.tell(type("Again", (), {"headers": signed(body), "body": body})())
    assert await office.fetchval("select settled_at is null and failed_at is not null from refund")
    assert await settle_refunds(office.house.sales) == 0


async def test_a_webhook_that_localstripe_signs_and_sends_is_read(stripe_teller: StripeTeller) -> None:
    """Its signature is Stripe's own scheme. The event is of a payment intent, which does not concern us."""
    stripe_teller.server.hear_localstripe()
    stripe_teller.server.take_money(100, "kzt")
    headers, body = await asyncio.to_thread(stripe_teller.server.received.get, timeout=10)
    assert json.loads(body)["type"].startswith(("payment_intent.", "charge."))
    assert stripe_teller.provider.read_webhook(headers, body) is None
    with pytest.raises(errors.Unauthenticated):
        stripe_teller.provider.read_webhook(headers, body + b" ")
