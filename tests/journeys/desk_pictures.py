"""The desk's pictures of the documentation, taken from a running demo whose festivals this sells part of first.

    TICKETING_DEMO_PASSWORD=demo-demo make demo                                  # in one terminal
    python -m tests.journeys.desk_pictures http://127.0.0.1:8000 demo-demo      # in another

The festival of Kazakh films in France has the return: its tickets are in euros, and the tax is estimated.
"""

import json
import random
import shutil
import sys
import urllib.error
import urllib.request
import uuid
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.journeys.pictures import take, visitor

SEED = 2026
SCREENINGS_MAX = 24
PARTIES_A_SCREENING_MAX = 22
TALL = {"width": 1280, "height": 1240}
WAIT_FOR_SEALS_MS = 4_000


def call(site: str, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """An answer of the API; an empty one where it refuses, for example since a hall is full."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{site}/api/v1{path}", data, {"content-type": "application/json"}, method=method
    )
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise
        return {}


def sell(site: str, festival: str) -> None:
    """Orders for the first screenings on sale: many for some, few for others, at the tariffs that there are."""
    chance = random.Random(SEED)
    listed = call(site, "GET", f"/programme?festival={festival}&limit=100")["screenings"]
    for line in listed[:SCREENINGS_MAX]:
        screening = call(site, "GET", f"/screenings/{line['screening']}")
        if not line["on_sale"]:
            continue
        for _ in range(chance.randint(1, PARTIES_A_SCREENING_MAX)):
            wish = {"best": {"count": chance.randint(2, 8), "zone": None, "wheelchair": 0}}
            hold = call(site, "POST", f"/screenings/{line['screening']}/holds", wish)
            if hold:
                order(site, screening, hold, chance)


def order(site: str, screening: dict[str, Any], hold: dict[str, Any], chance: random.Random) -> None:
    """The seats of a hold, paid by the demo bank; a tariff that a zone does not offer gives way to another."""
    tariffs = sorted({tariff["tariff"] for zone in screening["zones"] for tariff in zone["tariffs"]})
    for tariff in (chance.choice(tariffs), *tariffs):
        body = {
            "holds": [
                {
                    "hold": hold["hold"],
                    "tickets": [{"seat": seat, "tariff": tariff, "holder": None} for seat in hold["seats"]],
                }
            ],
            "buyer": {"email": "aigerim@example.kz", "name": "Айгерім Сәтбаева"},
            "locale": "fr",
            "payment": "demo",
            "voucher": None,
        }
        placed = call(site, "POST", "/orders", body, idempotency_key=uuid.uuid4().hex)
        if placed:
            if placed["status"] == "awaiting_payment":
                call(site, "POST", f"/payments/demo/{placed['order']}", {"outcome": "paid"})
            return


def take_desk(page: Page, password: str) -> None:
    """The capacity of a festival partly sold, and a weekly return."""
    page.set_viewport_size(TALL)  # type: ignore[arg-type]  # a size
    page.goto("/en/staff/sign-in?to=capacity")
    page.fill("[name=login]", "organiser")
    page.fill("[name=password]", password)
    page.locator("form[action$='/sign-in'] button").click()
    page.wait_for_url("**/capacity**")
    page.goto("/en/capacity?festival=premieres")
    # A whole day that is on sale: of the first one some or all may be over.
    page.locator("[name=day]").select_option(index=2)
    page.get_by_role("button", name="Show").click()
    page.locator("#live.open").wait_for()
    take(page, "capacity-desktop-en")
    page.wait_for_timeout(WAIT_FOR_SEALS_MS)
    page.goto("/fr/desk/reports?report=weekly-return&festival=kazakh-week")
    page.evaluate("scrollTo(0, document.querySelector('.report').getBoundingClientRect().top + scrollY - 16)")
    take(page, "weekly-return-desktop-fr")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m tests.journeys.desk_pictures ADDRESS-OF-A-RUNNING-DEMO PASSWORD\n")
        return 2
    site, password = arguments[0].rstrip("/"), arguments[1]
    for festival in ("premieres", "kazakh-week"):
        sell(site, festival)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take_desk(visitor(browser, site, phone=False).new_page(), password)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
