"""Webhooks at the desk in Chromium: axe finds nothing, and nothing is wider than the screen."""

import uuid

import msgspec
import pytest

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from tests.sales.receiver import receiving
from ticketing.kernel.settings import Settings
from ticketing.sales.webhooks.delivering import deliver_next
from ticketing.sales.webhooks.keeping import end_webhook, ping_webhook, set_webhook
from ticketing.sales.webhooks.model import WebhookTerms
from ticketing.staff.model import Role


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a house whose programs live on its own machine."""
    return msgspec.structs.replace(settings, webhooks_inner=True)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    context, festival = factory.context, await factory.festival("almaty-week-2026-of-french-premieres")
    await factory.staff(Role.ORGANISER, "olga")
    ended, tried = uuid.uuid4(), uuid.uuid4()
    for webhook in (ended, tried):
        terms = WebhookTerms("https://example.org/" + "a-long-way-to-the-program/" * 6)
        await set_webhook(context, festival, webhook, terms, by="olga")
    await end_webhook(context, festival, ended, by="olga")
    async with receiving() as receiver, open_page(width, color_scheme=scheme) as page:
        await set_webhook(context, festival, tried, WebhookTerms(receiver.url), by="olga")
        for answer in ("500 Oh", "200 OK"):
            receiver.answer = answer
            await ping_webhook(context, festival, tried, uuid.uuid4(), by="olga")
            assert await deliver_next(context) == 1
        await sign_in(page, "olga", "desk/webhooks")
        await page.goto("/kk/desk/webhooks")
        await page.locator("summary", has_text="Вебхук жасау").click()
        assert not await too_wide(page)
        found = await findings(page)
        await page.fill("#url", "https://example.org/hook")
        await page.locator("form[action$=webhooks] button").click()
        await page.locator(".secret").wait_for()
        assert not await too_wide(page)
        found += await findings(page)
        await page.locator("form[action$=ending] button").first.click()
        await page.locator("h1").wait_for()
    assert found == []
