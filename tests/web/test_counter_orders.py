"""An order at the counter, without scripts: found, taken back, printed anew."""

import uuid

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.guards import COOKIE_NAME
from ticketing.staff.model import Role


@pytest.fixture
async def order(factory: Factory, visitor: Visitor) -> str:
    """Two tickets, paid in cash, of a film that starts in half an hour: too late to give them back."""
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(Role.BOX_OFFICE, "bota"))
    screening = await factory.screening(rules={"refund_until_minutes": 60, "refund_fee": 50_000})
    for login in ("bota", "sara"):
        await factory.shift(login, KZT=1_000_000)
    placed = await factory.order(screening, "A-1", "A-2")
    await factory.postgres.execute("update payment set provider = 'counter', method = 'cash', taken_by = 'bota'")
    return placed.order_id


async def ticket_on(context: Context, seat: str) -> str:
    return str(await context.postgres.fetchval("select ticket_id from ticket where seat = $1", seat))


async def test_an_order_is_found_by_its_number_and_by_a_ticket(
    visitor: Visitor, order: str, context: Context
) -> None:
    for typed in (order.lower(), await ticket_on(context, "A-2")):
        await visitor.open("/en/counter/payments")
        page = await visitor.send(visitor.form("/counter/search"), typed=typed)
        assert page.url.path == f"/en/counter/orders/{order}"
    assert 'class="sought"' in page.text
    page = await visitor.send(visitor.form("/counter/search"), typed="nothing of ours")
    assert page.status_code == 404
    assert "nothing of ours" in page.text
    assert (await visitor.open("/kk/counter/orders/22222222")).status_code == 404


async def test_beyond_the_rules_the_clerk_is_told_and_the_supervisor_takes_it_back(
    visitor: Visitor, factory: Factory, order: str, context: Context
) -> None:
    ticket = await ticket_on(context, "A-1")
    await visitor.open(f"/en/counter/orders/{order}")
    page = await visitor.send(visitor.form("/terms"), ticket=ticket)
    assert "Only a supervisor can do this" in visitor.text()
    assert "/cancellation" not in page.text
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(Role.SUPERVISOR, "sara"))
    await visitor.open(f"/en/counter/orders/{order}")
    await visitor.send(visitor.form("/terms"), ticket=ticket)
    assert "3 000" in visitor.text().replace("\xa0", " ").replace(",", " ")
    form = visitor.form("/cancellation")
    page = await visitor.send(form, reason="other", note="")
    assert page.status_code == 422
    page = await visitor.send(visitor.form("/cancellation"), reason="illness", note="a paper", hand_out="yes")
    assert "Taken back." in visitor.text()
    assert "in cash" in visitor.text()
    assert "Illness (a paper)" in visitor.text()
    assert await context.postgres.fetchval("select (settled_by, amount) from refund") == ("sara", 300_000)
    assert await context.postgres.fetchval("select status from ticket where seat = 'A-2'") == "sold"


async def test_the_form_sent_twice_takes_back_once(
    visitor: Visitor, factory: Factory, order: str, context: Context
) -> None:
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(Role.SUPERVISOR, "sara"))
    await visitor.open(f"/ru/counter/orders/{order}")
    await visitor.send(visitor.form("/terms"), ticket=await ticket_on(context, "A-1"), waive_fee="yes")
    form = visitor.form("/cancellation")
    for _ in range(2):
        page = await visitor.send(form)
        assert page.status_code == 200
    assert await context.postgres.fetchval("select sum(amount) from refund") == 350_000


async def test_without_a_till_money_stays_owed_until_somebody_has_one(
    visitor: Visitor, factory: Factory, order: str, context: Context
) -> None:
    """The tickets go back at once, the page says where the money waits, and nobody hands it out past a till."""
    await context.postgres.execute("update till_shift set closed_at = now(), closed_by = login")
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(Role.SUPERVISOR, "sara"))
    await visitor.open(f"/en/counter/orders/{order}")
    page = await visitor.send(visitor.form("/terms"), ticket=await ticket_on(context, "A-1"), waive_fee="yes")
    assert "You have no till open" in visitor.text()
    assert 'href="/en/counter/till"' in page.text
    page = await visitor.send(visitor.form("/cancellation"))
    assert "Still to be handed out: 3,500" in visitor.text()
    refund = await context.postgres.fetchval("select refund_id from refund where settled_at is null")
    assert f'href="/en/counter/payments#refund-{refund}"' in page.text
    page = await visitor.open("/en/counter/payments")
    handing_out = visitor.form(f"/counter/refunds/{refund}")
    assert f'id="refund-{refund}"' in page.text
    assert '<button class="button second" disabled aria-label="Handed out' in page.text
    page = await visitor.send(handing_out)
    assert page.status_code == 409
    await factory.shift("sara")
    await visitor.open("/en/counter/payments")
    await visitor.send(visitor.form(f"/counter/refunds/{refund}"))
    booked = "select login from refund join till_shift using (shift_id) where refund.settled_at is not null"
    assert await context.postgres.fetchval(booked) == "sara"
    await visitor.open(f"/en/counter/orders/{order}")
    assert "Still to be handed out" not in visitor.text()


async def test_a_ticket_is_printed_anew_and_opened_as_long_as_it_counts(
    visitor: Visitor, order: str, context: Context
) -> None:
    await visitor.open(f"/fr/counter/orders/{order}")
    form = next(one for one in visitor.forms() if one.action.endswith("/reprint"))
    for _ in range(2):
        await visitor.send(form, reason="damaged", way="print")
    assert await context.postgres.fetchval("select array_agg(revision order by seat) from ticket") == [2, 1]
    made = await context.postgres.fetchval("select reprint_id from reprint")
    assert visitor.page is not None
    assert f"/api/v1/counter/reprints/{made}/ticket.pdf" in visitor.page.text
    pdf = await visitor.client.get(f"/api/v1/counter/reprints/{made}/ticket.pdf?format=roll")
    assert pdf.content.startswith(b"%PDF")
    await context.postgres.execute("update ticket set revision = 3")
    assert (await visitor.client.get(f"/api/v1/counter/reprints/{made}/ticket.pdf")).status_code == 410


@pytest.mark.parametrize(
    ("act", "changes", "status"),
    [
        ("terms", {"ticket": ""}, 422),
        ("terms", {"ticket": "x"}, 404),
        ("terms", {"ticket": ["x"] * 300}, 422),
        ("terms", {}, 422),
        ("cancellation", {"ticket": "K7Q29XFMK7Q2"}, 422),
        ("cancellation", {"amount": "9" * 18, "cancellation": str(uuid.UUID(int=1)), "currency": "KZT"}, 422),
        ("cancellation", {"amount": "-1", "reason": "<b>"}, 422),
        ("reprint", {"ticket": "\x00", "reason": "lost", "reprint": str(uuid.UUID(int=1)), "way": "print"}, 404),
        ("reprint", {"reason": "lost", "reprint": "no-uuid", "way": "print"}, 422),
        ("reprint", {"reason": "lost", "reprint": str(uuid.UUID(int=1)), "way": "fax"}, 422),
        ("reprint", {"note": "n" * 501}, 422),
        ("nothing", {}, 404),
    ],
)
async def test_crafted_forms_change_nothing(
    visitor: Visitor, order: str, act: str, changes: dict[str, str | list[str]], status: int
) -> None:
    await visitor.open(f"/en/counter/orders/{order}")
    token = visitor.forms()[-1].value("_csrf_token")
    page = await visitor.client.post(f"/en/counter/orders/{order}/{act}", data={"_csrf_token": token, **changes})
    assert page.status_code == status
    await visitor.open(f"/en/counter/orders/{order}")
    assert visitor.text().count("not used yet") == 2
    assert "Printed anew" not in visitor.text()


async def test_over_json(visitor: Visitor, order: str, context: Context) -> None:
    answer = await visitor.client.post("/api/v1/staff/sessions", json={"login": "bota", "password": PASSWORD})
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    ticket = await ticket_on(context, "A-1")
    found = await visitor.client.post("/api/v1/counter/search", json={"typed": ticket}, headers=bearer)
    assert (found.json()["order"], found.json()["sought"]) == (order, ticket)
    terms = await visitor.client.post(
        f"/api/v1/counter/orders/{order}/cancellation-terms", json={"tickets": [ticket]}, headers=bearer
    )
    assert terms.json()["beyond"] == ["too_late"]
    wish = {
        "cancellation": str(uuid.uuid4()),
        "tickets": [ticket],
        "reason": "goodwill",
        "money": terms.json()["refund"],
    }
    refused = await visitor.client.post(f"/api/v1/counter/orders/{order}/cancellation", json=wish, headers=bearer)
    assert (refused.status_code, refused.json()["code"], refused.json()["beyond"]) == (
        403,
        "supervisor_needed",
        ["too_late"],
    )
    made = await visitor.client.post(
        f"/api/v1/counter/tickets/{ticket}/reprint",
        json={"reprint": str(uuid.uuid4()), "reason": "lost"},
        headers=bearer,
    )
    assert (made.status_code, made.json()["revision"]) == (200, 2)
