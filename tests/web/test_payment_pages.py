"""The pages around a payment: the bank, the counter, and the till of whoever takes the money."""

import html
import re

import msgspec
import pytest

from tests.factories import Factory
from tests.sales.providers.conftest import localstripe_url, stripe_server
from tests.sales.providers.stripe_server import StripeServer
from tests.web.visitor import Visitor
from ticketing.kernel.settings import Settings
from ticketing.staff.guards import COOKIE_NAME
from ticketing.staff.model import Role

__all__ = ["localstripe_url", "stripe_server"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, payment_providers="demo,counter")


async def waiting(factory: Factory, provider: str = "demo") -> tuple[str, str]:
    """An order that waits for its payment, and its secret."""
    screening = await factory.screening()
    order = await factory.order(screening, "A-1", status="awaiting_payment")
    await factory.postgres.execute(
        "update orders set payment_provider = $2, expires_at = now() + interval '15 minutes' where order_id = $1",
        order.order_id,
        provider,
    )
    return order.order_id, factory.context.secrets.order_secret(order.order_id)


async def at_the_till(visitor: Visitor, factory: Factory, role: Role = Role.BOX_OFFICE) -> None:
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(role, "clerk"))
    if role is Role.BOX_OFFICE:
        await factory.shift("clerk")


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
async def test_the_bank_says_that_no_money_moves(visitor: Visitor, factory: Factory, language: str) -> None:
    order, secret = await waiting(factory)
    page = await visitor.open(f"/{language}/pay/demo/{order}/{secret}")
    assert page.status_code == 200
    said = {"kk": "ақша қозғалмайды", "ru": "деньги не списываются", "fr": "aucun mouvement d’argent"}
    assert said.get(language, "no money moves") in html.unescape(page.text)
    assert "3" in re.findall(r'class="amount">([^<]+)', page.text)[0]


@pytest.mark.parametrize(
    ("outcome", "status", "payments"),
    [
        ("paid", "confirmed", 1),
        ("refused", "refused", 0),
        ("twice", "confirmed", 2),
        ("late", "awaiting_payment", 0),
        ("silent", "awaiting_payment", 0),
        ("robbery", "refused", 0),
    ],
)
async def test_what_the_bank_is_told_to_do(
    visitor: Visitor, factory: Factory, outcome: str, status: str, payments: int
) -> None:
    order, secret = await waiting(factory)
    await visitor.open(f"/en/pay/demo/{order}/{secret}")
    page = await visitor.send(visitor.forms()[0], outcome=outcome)
    assert str(page.url).endswith(f"/en/orders/{order}/{secret}")
    assert await factory.postgres.fetchval("select status from orders") == status
    assert await factory.postgres.fetchval("select count(*) from payment") == payments


async def test_a_bank_that_is_to_answer_next_year_says_what_is_wrong(visitor: Visitor, factory: Factory) -> None:
    order, secret = await waiting(factory)
    await visitor.open(f"/en/pay/demo/{order}/{secret}")
    page = await visitor.send(visitor.forms()[0], outcome="late", late_minutes="9999")
    assert page.status_code == 422
    assert "1 to 120 minutes" in page.text


async def test_the_counters_page_says_where_and_until_when(visitor: Visitor, factory: Factory) -> None:
    order, secret = await waiting(factory, "counter")
    page = await visitor.open(f"/en/pay/counter/{order}/{secret}")
    for words in (order, "104 Dostyk Avenue", "Your seats are kept until"):
        assert words in html.unescape(page.text)


@pytest.mark.parametrize("path", ["demo/{order}/wrong", "counter/{order}/wrong", "barter/{order}/{secret}"])
async def test_nobody_pays_without_the_secret_or_at_an_unknown_place(
    visitor: Visitor, factory: Factory, path: str
) -> None:
    order, secret = await waiting(factory)
    page = await visitor.client.get(f"/en/pay/{path.format(order=order, secret=secret)}")
    assert page.status_code in (404, 422)
    assert await factory.postgres.fetchval("select count(*) from payment_event") == 0


async def test_a_clerk_finds_an_order_and_takes_the_money_once(visitor: Visitor, factory: Factory) -> None:
    order, _ = await waiting(factory, "counter")
    await at_the_till(visitor, factory)
    page = await visitor.open(f"/en/counter/payments?order={order[:4].lower()}%20{order[4:].lower()}")
    assert "Aigerim" in page.text
    form = visitor.form("/counter/payments")
    fields = {**dict(form.fields), "method": "cash"}
    for _ in range(2):
        page = await visitor.client.post("/en/counter/payments", data=fields)
        assert "Paid. The tickets are on their way" in page.text
    assert await factory.postgres.fetchval("select count(*) from payment") == 1
    assert await factory.postgres.fetchval("select count(*) from audit where act = 'took_payment'") == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": "349999"}, 409),
        ({"amount": "-1"}, 409),
        ({"amount": "x"}, 422),
        ({"currency": "EUR"}, 409),
        ({"method": "promise"}, 422),
        ({"method": ""}, 422),
        ({"receipt": ""}, 422),
        ({"receipt": "two words"}, 422),
        ({"order": "22222222"}, 404),
        ({"order": "<b>"}, 404),
    ],
)
async def test_a_crafted_taking_changes_nothing(
    visitor: Visitor, factory: Factory, change: dict[str, str], status: int
) -> None:
    order, _ = await waiting(factory, "counter")
    await at_the_till(visitor, factory)
    await visitor.open(f"/en/counter/payments?order={order}")
    form = visitor.form("/counter/payments")
    answer = await visitor.client.post(
        "/en/counter/payments", data={**dict(form.fields), "method": "cash"} | change
    )
    assert answer.status_code == status
    assert await factory.postgres.fetchval("select count(*) from payment") == 0
    assert await factory.postgres.fetchval("select status from orders") == "awaiting_payment"


async def test_a_refund_is_handed_out_at_the_till_once(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    order = await factory.order(screening, "A-1")
    await factory.postgres.execute("update payment set provider = 'counter', method = 'card', taken_by = 'till'")
    await factory.postgres.execute(
        "insert into refund (order_id, payment_id, amount, currency, reason, owed_at)"
        " select order_id, payment_id, amount, currency, 'cancelled', now() from payment"
    )
    await at_the_till(visitor, factory)
    page = await visitor.open("/en/counter/payments")
    assert order.order_id in page.text
    form = next(form for form in visitor.forms() if "/counter/refunds/" in form.action)
    for _ in range(2):
        page = await visitor.client.post(form.action, data=dict(form.fields))
        assert "Nothing waits to be handed out" in page.text
    assert await factory.postgres.fetchval("select count(*) from audit where act = 'handed_out_refund'") == 1
    beyond = await visitor.client.post("/en/counter/refunds/99999999999999999999", data=dict(form.fields))
    assert beyond.status_code == 404


@pytest.mark.parametrize("role", [None, Role.DOOR])
async def test_the_till_is_for_the_box_office(visitor: Visitor, factory: Factory, role: Role | None) -> None:
    if role:
        await at_the_till(visitor, factory, role)
    answer = await visitor.client.get("/en/counter/payments", follow_redirects=False)
    assert answer.status_code in (303, 401, 403)


class TestStripe:
    """The way to Stripe's page and back."""

    @pytest.fixture
    def settings(self, settings: Settings, stripe_server: StripeServer) -> Settings:
        return msgspec.structs.replace(
            settings,
            payment_providers="stripe,demo",
            stripe_secret_key="sk_test_of_these_tests",
            stripe_webhook_secret="whsec_of_these_tests",
            stripe_api_base=stripe_server.url,
        )

    async def test_the_buyer_is_led_there_and_finds_the_order_paid(
        self, visitor: Visitor, factory: Factory, stripe_server: StripeServer
    ) -> None:
        order, secret = await waiting(factory, "stripe")
        address = f"/fr/pay/stripe/{order}/{secret}"
        led = await visitor.client.get(address, follow_redirects=False)
        assert led.status_code == 303
        (session,) = stripe_server.sessions.values()
        assert led.headers["location"] == session["url"]
        assert session["url"].startswith("https://checkout.stripe.com/")
        # Back without having paid: the order, where it can be paid again.
        back = await visitor.open(session["cancel_url"].replace("http://tickets.test", ""))
        assert f"/pay/stripe/{order}/{secret}" in back.text
        stripe_server.pay(session["id"])
        returned = await visitor.open(session["success_url"].replace("http://tickets.test", ""))
        assert str(returned.url).endswith(f"/orders/{order}/{secret}")
        assert await factory.postgres.fetchval("select status from orders") == "confirmed"

    async def test_a_form_may_lead_to_stripe_from_the_pages_that_need_it_alone(
        self, visitor: Visitor, factory: Factory
    ) -> None:
        order, secret = await waiting(factory, "stripe")
        own = (await visitor.open(f"/en/orders/{order}/{secret}")).headers["content-security-policy"]
        assert "form-action 'self' https://checkout.stripe.com;" in own
        other = (await visitor.open("/en/")).headers["content-security-policy"]
        assert "form-action 'self';" in other
        assert "stripe" not in other

    async def test_an_outage_of_stripe_is_told_and_the_seats_stay(
        self, visitor: Visitor, factory: Factory, stripe_server: StripeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0.01)
        order, secret = await waiting(factory, "stripe")
        stripe_server.down = True
        page = await visitor.client.get(f"/en/pay/stripe/{order}/{secret}")
        assert page.status_code == 503
        assert "Your seats are still yours" in page.text
        assert await factory.postgres.fetchval("select status from orders") == "awaiting_payment"
