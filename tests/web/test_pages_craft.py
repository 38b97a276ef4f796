"""What every page owes to a slow telephone and a careful browser."""

import ast
import gzip
import html
import inspect
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.web.pages.rendering import STATIC, TEMPLATES, page

SCRIPTS_BYTES_MAX = 25_000
DOOR_SCRIPTS_BYTES_MAX = 24_000
DESK_SCRIPTS_BYTES_MAX = 20_000
HALL_EDITOR_BYTES_MAX = 30_000
PROGRAMME_BYTES_MAX = 60_000
FILM_BYTES_MAX = 40_000
# What an element of the page makes a browser fetch: not where links lead, nor what other readers are told of.
FETCHED = re.compile(r'<(?:script|img|link)[^>]*? (?:src|href)="(/[^"]+)"')
NOT_FETCHED = re.compile(r'<link rel="(?:alternate|canonical)"[^>]*? href="(/[^"]+)"')
KINDS = ((".css", "styles"), (".js", "scripts"), (".svg", "pictures"), (".webp", "pictures"))
SEAT_MAP_BYTES_MAX = 120_000
TEMPLATE_FILES = sorted(TEMPLATES.glob("*.html"))
TOKEN = "csrf(csrf_token)"
MACRO = re.compile(r"\{% macro (\w+)\(.*?%\}(.*?)\{% endmacro %\}", re.DOTALL)


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
    macros = [macro for file in TEMPLATE_FILES for macro in MACRO.findall(file.read_text(encoding="utf-8"))]
    carriers = [TOKEN, *(f"{name}(" for name, body in macros if TOKEN in body)]
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert any(carrier in form for carrier in carriers)


def test_scripts_and_styles_stay_small() -> None:
    scripts = {path.name: len(gzip.compress(path.read_bytes())) for path in (STATIC / "js").glob("*.js")}
    # Those of the door are kept by its devices, and fetched by nobody else.
    door = {name for name in scripts if name.startswith("door")}
    assert sum(size for name, size in scripts.items() if name in door) <= DOOR_SCRIPTS_BYTES_MAX
    assert sum(size for name, size in scripts.items() if name not in door) <= SCRIPTS_BYTES_MAX
    # Those of the organisers' desk are fetched by nobody else.
    packed = [gzip.compress(path.read_bytes()) for path in (STATIC / "js" / "desk").glob("*.js")]
    assert sum(map(len, packed)) <= DESK_SCRIPTS_BYTES_MAX
    packed = [gzip.compress(path.read_bytes()) for path in (STATIC / "js" / "desk" / "hall-editor").glob("*.js")]
    assert sum(map(len, packed)) <= HALL_EDITOR_BYTES_MAX
    assert (STATIC / "pages.css").stat().st_size <= 30_000
    for path in STATIC.rglob("*.*"):
        # What npm brings for the scanner is neither text nor ours.
        if "vendor" in path.relative_to(STATIC).parts:
            continue
        assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text(encoding="utf-8")), path.name


async def test_the_programme_is_light(visitor: Visitor, factory: Factory, context: Context) -> None:
    """A full week, with a film of its own to each screening: more pictures than any festival has."""
    festival = await factory.festival()
    for number in range(42):
        await factory.screening(festival=festival, starts_at=context.clock.now() + timedelta(hours=4 * number + 1))
    page = await visitor.open("/kk/")
    assert page.text.count('<article class="showing') == 42
    weights = await weigh(visitor)
    show("programme", weights)
    assert sum(weights.values()) <= PROGRAMME_BYTES_MAX


async def test_the_page_of_a_film_is_light(visitor: Visitor, factory: Factory, context: Context) -> None:
    film, version = await factory.film()
    festival = await factory.festival()
    for number in range(12):
        starts_at = context.clock.now() + timedelta(hours=8 * number + 1)
        await factory.screening(festival=festival, film_id=film, version_id=version, starts_at=starts_at)
    await visitor.open(f"/kk/films/{film}")
    weights = await weigh(visitor)
    show("film", weights)
    assert sum(weights.values()) <= FILM_BYTES_MAX


@pytest.mark.parametrize(("rows", "seats"), [(4, 10), (20, 25), (25, 100)])
async def test_the_seat_map_is_light(visitor: Visitor, factory: Factory, rows: int, seats: int) -> None:
    """Of any hall; what was promised is 500 seats, and 2,500 fit as well."""
    screening = await factory.screening(layout=make_layout(rows=rows, seats=seats))
    await visitor.open(f"/kk/screenings/{screening}")
    weights = await weigh(visitor)
    show(f"seat map of {rows * seats} seats", weights)
    assert sum(weights.values()) <= SEAT_MAP_BYTES_MAX


async def weigh(visitor: Visitor) -> dict[str, int]:
    """All that a first visit fetches, over the wire and with its headers: the page, its styles and what they name,
    its scripts and what they import, all its pictures (a browser leaves those out of sight for later), its icon.
    """
    assert visitor.page is not None
    weights = {"page": wire_bytes(visitor.page)}
    addresses = set(FETCHED.findall(visitor.page.text)) - set(NOT_FETCHED.findall(visitor.page.text))
    while addresses - weights.keys():
        address = (addresses - weights.keys()).pop()
        answer = await visitor.client.get(html.unescape(address))
        assert answer.status_code == 200, address
        weights[address] = wire_bytes(answer)
        if ".js" in address:
            addresses |= {f"/static/js/{name}" for name in re.findall(r'from "\./([^"]+)"', answer.text)}
        if ".css" in address:
            addresses |= set(re.findall(r'url\("?(/[^")]+)"?\)', answer.text))
    return weights


def wire_bytes(answer: httpx.Response) -> int:
    return answer.num_bytes_downloaded + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)


def show(name: str, weights: dict[str, int]) -> None:
    """The weights by kind, for whoever runs this with -s."""
    kinds: dict[str, int] = {}
    for address, count in weights.items():
        kind = next((kind for mark, kind in KINDS if mark in address), "page")
        kinds[kind] = kinds.get(kind, 0) + count
    listed = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    print(f"\n{name}: {sum(weights.values()):,} bytes in {len(weights)} answers ({listed})")


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
        ("/en/films", "private, no-cache"),
    ):
        assert (await visitor.open(address)).headers["cache-control"] == kept


def read_in(template: str) -> set[str]:
    """The names that a template reads, and those that it extends, includes and imports."""
    code = " ".join(re.findall(r"\{[{%](.*?)[%}]\}", (TEMPLATES / template).read_text(encoding="utf-8"), re.DOTALL))
    names = set(re.findall(r"(?<![.\w])[a-z_]\w*", code))
    return names.union(*(read_in(other) for other in re.findall(r'"([\w.]+\.html)"', code)))


def test_a_page_is_handed_nothing_that_its_template_does_not_read() -> None:
    # What nobody reads is worked out for each request all the same, and believed to be shown.
    own = set(inspect.signature(page).parameters) | {"festival", "cart_count"}
    unread = []
    for path in sorted((TEMPLATES.parent / "pages").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "page":
                template = node.args[1]
                if isinstance(template, ast.Constant):
                    handed = {keyword.arg for keyword in node.keywords if keyword.arg}
                    unread += [f"{path.name}: {name}" for name in handed - own - read_in(template.value)]
    assert unread == []
