"""The counter after a sale and after an outage, in Chromium: by keyboard and scanner alone; axe finds nothing."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.kernel.context import Context
from ticketing.sales.desk import code_of_ticket, read_order
from ticketing.staff.model import Role
from ticketing.web.house import build_house


async def open_counter(factory: Factory) -> tuple[str, str, dict[str, str]]:
    """Two tickets paid in cash, one of them used, ten minutes before the film: screening, order, tickets."""
    now = factory.context.clock.now()
    rules = {"refund_until_minutes": 30, "refund_fee_percent": 10}
    screening = await factory.screening(starts_at=now + timedelta(minutes=10), rules=rules)
    order = await factory.order(screening, "B-1", "B-2")
    postgres = factory.context.postgres
    await postgres.execute("update payment set provider = 'counter', method = 'cash', taken_by = 'sara'")
    await postgres.execute(
        "update ticket set entries = 1, inside = true, admitted_at = now(), admitted_gate = 'north'"
        " where ticket_id = $1",
        order.tickets["B-2"],
    )
    for role, login in ((Role.SUPERVISOR, "sara"), (Role.BOX_OFFICE, "bota")):
        await factory.staff(role, login)
        await factory.shift(login, KZT=1_000_000)
    return screening, order.order_id, order.tickets


async def write_papers(page: Page, screening: str, seat: str) -> None:
    """Two papers: one for a seat that is sold, one for this seat."""
    await page.goto(f"/kk/counter/outage/{screening}")
    for line, (number, of) in enumerate((("17", "B-1"), ("18", seat)), start=1):
        await page.fill(f"#paper-{line}", number)
        await page.fill(f"#seat-{line}", of)


async def test_by_scanner_and_keyboard(open_page: OpenPage, factory: Factory, context: Context) -> None:
    _, order, tickets = await open_counter(factory)
    sales = build_house(context).sales
    facts = await read_order(context.postgres, order)
    code = await code_of_ticket(sales, next(one for one in facts.tickets if one.ticket == tickets["B-1"]))
    async with open_page(1280) as page:
        await sign_in(page, "sara", "counter/payments")
        # A hand-held scanner is a keyboard that ends with Enter; the field has the focus already.
        await page.keyboard.type(code)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/counter/orders/{order}?ticket={tickets['B-1']}")
        await page.locator("#take-back button").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#terms")
        await page.locator("#note").focus()
        await page.keyboard.type("Еңлік")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**?done=*")
        assert "in cash" in await page.inner_text("main .note.good")
    taken = "select (tickets, note, refund_amount, done_by) from counter_cancellation"
    assert await context.postgres.fetchval(taken) == ([tickets["B-1"]], "Еңлік", 315_000, "sara")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening, order, tickets = await open_counter(factory)
    found: list[str] = []

    async def look(page: Page) -> None:
        assert not await too_wide(page)
        found.extend(await findings(page))

    allowed = ("status of 409", "status of 404")
    async with open_page(width, color_scheme=scheme, complaints_allowed=allowed) as page:
        await sign_in(page, "bota", "counter/payments")
        await page.goto(f"/kk/counter/orders/{order}?ticket={tickets['B-2']}&old=yes")
        await page.locator("details summary").first.click()
        await look(page)
        await page.locator("#take-back button").click()
        await page.wait_for_selector("#terms")
        await look(page)
        await page.goto("/fr/counter/outage")
        await look(page)
        await write_papers(page, screening, "C-1")
        await page.locator("form button:not([formaction])").last.click()
        await page.wait_for_selector("#problem")
        await look(page)
        await page.fill("#seat-1", "C-2")
        await page.locator("form button:not([formaction])").last.click()
        await page.wait_for_url("**?batch=*")
        await look(page)
    assert found == []
