"""The pictures of the documentation, taken from a running demo.

    TICKETING_DEMO_PASSWORD=secret make demo                            # in one terminal
    TICKETING_DEMO_PASSWORD=secret python -m tests.journeys.pictures http://127.0.0.1:8000     # in another

They are written to ``docs/pictures/``; each stays below 300 KB. ``public``, ``counter`` or ``halls`` behind the
address takes those alone.
"""

import io
import itertools
import json
import os
import shutil
import sys
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PICTURE_BYTES_MAX = 300_000
COLOURS = 200
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
EDITED_HALL = "alatau-grand"


def largest_screening(site: str) -> str:
    """The screening on sale with the most seats: its hall is the one worth a picture."""
    with urllib.request.urlopen(f"{site}/api/v1/programme?festival=premieres&limit=100") as answer:
        screenings = json.load(answer)["screenings"]
    on_sale = [screening for screening in screenings if screening["on_sale"] and screening["seats"]["free"] > 20]
    return str(max(on_sale, key=lambda screening: screening["seats"]["total"])["screening"])


def visitor(browser: Browser, site: str, *, phone: bool, scheme: str = "light") -> BrowserContext:
    """A new visitor, on a telephone or at a desk."""
    return browser.new_context(
        base_url=site,
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # both are sizes
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )


def take(page: Page, name: str) -> None:
    """One picture of what is in sight."""
    page.wait_for_timeout(400)
    keep(page.screenshot(), name)


def keep(screenshot: bytes, name: str) -> None:
    """Put a screenshot among the pictures of the documentation."""
    path = FOLDER / f"{name}.png"
    # Flat colours need no more than a palette: a third of the size, and nobody sees the difference.
    Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    size = path.stat().st_size
    sys.stdout.write(f"{path.name}: {size // 1000} KB\n")
    if size > PICTURE_BYTES_MAX:
        raise SystemExit(f"{path.name} is larger than {PICTURE_BYTES_MAX // 1000} KB")


def hold_best(page: Page, count: str) -> None:
    """Keep the best seats for so many."""
    page.locator("body.script").wait_for()
    page.select_option("#count", count)
    page.locator("#best button").click()
    page.locator("#tray:not([hidden])").wait_for()


def fill_in(page: Page) -> None:
    """Fill in the checkout."""
    page.fill("#email", "aigerim@example.kz")
    page.fill("#name", "Айгерім Сәтбаева")
    page.check("#consent")


def take_hall_editor(browser: Browser, site: str) -> None:
    """The hall editor with the largest hall of the demo, one of its rows chosen."""
    page = visitor(browser, site, phone=False).new_page()
    page.goto("/en/desk/halls")
    page.fill("#login", "organiser")
    page.fill("#password", os.environ["TICKETING_DEMO_PASSWORD"])
    page.locator("main form button").click()
    page.wait_for_url("**/desk/halls")
    page.locator(f'.stamps a[href$="/{EDITED_HALL}"]').click()
    page.get_by_role("link", name="Open the editor").click()
    page.locator("#editor.ready").wait_for()
    page.locator('form[data-form="rows"]').evaluate("form => form.closest('details').open = false")
    page.fill("#find-names", "N")
    page.locator('form[data-form="find"] button').click()
    page.evaluate("document.querySelector('#editor').scrollIntoView()")
    take(page, "hall-editor-desktop-en")


def take_all(browser: Browser, site: str) -> None:
    """All pictures: Kazakh and French, on a telephone and at a desk."""
    screening = largest_screening(site)
    for language, phone in itertools.product(("kk", "fr"), (True, False)):
        suffix = f"{'phone' if phone else 'desktop'}-{language}"
        page = visitor(browser, site, phone=phone).new_page()
        page.goto(f"/{language}/?festival=premieres")
        take(page, f"programme-{suffix}")
        page.goto(f"/{language}/screenings/{screening}")
        hold_best(page, "3")
        if not phone:
            page.locator("[data-zoom=whole]").click()
        page.evaluate("document.querySelector('.hall').scrollIntoView()")
        take(page, f"seat-map-{suffix}")
        page.goto(f"/{language}/cart")
        fill_in(page)
        page.evaluate("document.querySelector('.selling').scrollIntoView()")
        take(page, f"checkout-{suffix}")
        page.locator("#checkout .button.pay").click()
        page.wait_for_url("**/pay/demo/**")
        page.locator("button[value=paid]").click()
        page.wait_for_url("**/orders/**")
        page.locator(".ticket .stub img").first.scroll_into_view_if_needed()
        page.evaluate("document.querySelector('.ticket').scrollIntoView()")
        take(page, f"ticket-{suffix}")
    page = visitor(browser, site, phone=False, scheme="dark").new_page()
    page.goto(f"/en/screenings/{screening}")
    page.locator("body.script").wait_for()
    page.evaluate("document.querySelector('.hall').scrollIntoView()")
    take(page, "seat-map-dark-en")


def take_counter(browser: Browser, site: str) -> None:
    """The counter's sale, by who has opened the till: two films in one sale, cash given, the change told."""
    page = visitor(browser, site, phone=False).new_page()
    page.goto("/en/counter/till")
    page.fill("#login", "box_office")
    page.fill("#password", os.environ["TICKETING_DEMO_PASSWORD"])
    page.locator("main form button").click()
    page.wait_for_url("**/counter/till")
    if page.locator("#closing").count() == 0:
        page.locator("[name=float-KZT]").first.fill("20000")
        page.locator("form.sums button").first.click()
        page.locator("#closing").wait_for()
    screening = largest_screening(site)
    for language in ("en", "fr"):
        page.goto(f"/{language}/counter/sale?screening={screening}")
        for films, party in ((1, "2"), (2, "1")):
            page.fill("#count", party)
            page.keyboard.press("Enter")
            page.locator(f"#part-{films}").wait_for()
            if films == 1:
                page.locator("#shown a:not([aria-current])").nth(2).click()
                page.locator("#count:focus").wait_for()
        page.fill("#given", "20000")
        page.evaluate("document.querySelector('.selling').scrollIntoView()")
        take(page, f"counter-desktop-{language}")


SETS = {"public": take_all, "counter": take_counter, "halls": take_hall_editor}


def main(arguments: list[str]) -> int:
    if not arguments or not set(arguments[1:]) <= SETS.keys():
        sys.stderr.write(
            "usage: python -m tests.journeys.pictures ADDRESS-OF-A-RUNNING-DEMO [public] [counter] [halls]\n"
        )
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in arguments[1:] or SETS:
            SETS[name](browser, arguments[0].rstrip("/"))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
