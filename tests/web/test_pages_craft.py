"""What every page owes to a slow telephone and a careful browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.web.pages.rendering import STATIC, TEMPLATES

SCRIPTS_BYTES_MAX = 40_000
PROGRAMME_BYTES_MAX = 60_000
SEAT_MAP_BYTES_MAX = 120_000
TEMPLATE_FILES = sorted(TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_nothing_stands_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    """The policy on content forbids both: a page that had them would be broken, and only in a real browser."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_every_form_that_changes_something_carries_the_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "csrf(csrf_token)" in form


def test_scripts_and_styles_stay_small() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) <= SCRIPTS_BYTES_MAX
    assert (STATIC / "pages.css").stat().st_size <= 30_000
    for path in STATIC.rglob("*.*"):
        assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text(encoding="utf-8")), path.name


async def test_the_programme_is_light(visitor: Visitor, factory: Factory, context: Context) -> None:
    festival = await factory.festival()
    for number in range(48):
        await factory.screening(festival=festival, starts_at=context.clock.now() + timedelta(hours=3 * number + 1))
    page = await visitor.open("/kk/")
    assert page.text.count('<article class="showing') == 48
    bytes_count = await weight(visitor, page.text, page.num_bytes_downloaded)
    assert bytes_count <= PROGRAMME_BYTES_MAX


async def test_the_seat_map_of_500_seats_is_light(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(rows=20, seats=25))
    page = await visitor.open(f"/kk/screenings/{screening}")
    bytes_count = await weight(visitor, page.text, page.num_bytes_downloaded)
    assert bytes_count <= SEAT_MAP_BYTES_MAX


async def weight(visitor: Visitor, text: str, page_bytes: int) -> int:
    """All that a first visit fetches: the page, its styles, its scripts and what they import, its pictures."""
    addresses = set(re.findall(r'(?:src|href)="(/(?:static|themes|posters)/[^"]+)"', text))
    total = page_bytes
    seen: set[str] = set()
    while addresses - seen:
        address = (addresses - seen).pop()
        seen.add(address)
        answer = await visitor.client.get(address)
        assert answer.status_code == 200, address
        total += answer.num_bytes_downloaded
        if address.startswith("/static/js/"):
            addresses |= {f"/static/js/{name}" for name in re.findall(r'from "\./([^"]+)"', answer.text)}
    return total


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    answers = [await visitor.open("/en/"), await visitor.open(f"/en/screenings/{screening}")]
    form = visitor.form("/seats")
    data = {**dict(form.fields), "seat": "A-1"}
    answers.append(await visitor.client.post(form.action, data=data, follow_redirects=False))
    cookies = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert {line.partition("=")[0] for line in cookies} >= {"language", "form", "cart"}
    for line in cookies:
        assert "httponly" in line.lower(), line
        assert "samesite=lax" in line.lower() or "samesite=strict" in line.lower(), line


async def test_pages_say_who_may_keep_them(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    for address, kept in (
        ("/en/", "private, no-cache"),
        (f"/en/screenings/{screening}", "private, no-store"),
        ("/en/cart", "private, no-store"),
        ("/posters/a.svg", "public, max-age=86400"),
    ):
        assert (await visitor.open(address)).headers["cache-control"] == kept
