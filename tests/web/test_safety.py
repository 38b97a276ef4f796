"""What every answer owes to safety, of whatever kind it is: headers that browsers obey, cookies out of reach."""

import dataclasses

import msgspec
import pytest
from httpx import Response

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context

HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
COOKIES = {"cart", "order", "form", "language"}


@pytest.fixture
def context(context: Context) -> Context:
    """As in production: cookies over HTTPS alone."""
    settings = msgspec.structs.replace(context.settings, secure_cookies=True)
    return dataclasses.replace(context, settings=settings)


@pytest.fixture
def visitor(visitor: Visitor) -> Visitor:
    visitor.client.base_url = "https://tickets.test"
    return visitor


def assert_safe(answer: Response) -> None:
    for name, value in HEADERS.items():
        assert value in answer.headers.get(name, ""), (str(answer.url), name)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    for line in answer.headers.get_list("set-cookie"):
        parts = {part.strip().lower() for part in line.split(";")}
        assert {"httponly", "secure"} <= parts, line
        assert parts & {"samesite=lax", "samesite=strict"}, line


async def test_every_answer_of_a_journey_is_safe(visitor: Visitor, factory: Factory) -> None:
    answers: list[Response] = []

    async def keep(answer: Response) -> None:
        answers.append(answer)

    visitor.client.event_hooks["response"] = [keep]
    screening = await factory.screening()
    await visitor.open("/")
    await visitor.open("/kk/")
    await visitor.buy(screening, "A-1")
    assert "/orders/" in str(answers[-1].url)
    for answer in answers:
        assert_safe(answer)
    set_cookies = {line.partition("=")[0] for answer in answers for line in answer.headers.get_list("set-cookie")}
    assert set_cookies >= COOKIES


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/kk/nothing", 404),
        ("/en/orders/K7Q29XFM/wrong", 404),
        ("/en/privacy", 200),
        ("/static/pages.css", 200),
        ("/static/nothing.css", 404),
        ("/themes/default.css", 200),
        ("/posters/a.svg", 200),
        ("/api/v1/programme", 200),
        ("/api/v1/nothing", 404),
        ("/api/v1/orders/K7Q29XFM", 401),
        ("/health/live", 200),
    ],
)
async def test_every_kind_of_answer_is_safe(visitor: Visitor, factory: Factory, address: str, status: int) -> None:
    await factory.festival()
    answer = await visitor.client.get(address)
    assert answer.status_code == status
    assert_safe(answer)


async def test_refusals_are_safe(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    refused = await visitor.client.post(f"/en/screenings/{screening}/seats", data={"seat": "A-1"})
    large = await visitor.client.post("/en/cart", data={"name": "A" * 10_000_000})
    method = await visitor.client.put("/en/cart")
    assert [answer.status_code for answer in (refused, large, method)] == [403, 413, 405]
    for answer in (refused, large, method):
        assert_safe(answer)


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
@pytest.mark.parametrize("address", ["/{}/nothing", "/{}/orders/K7Q29XFM/wrong", "/{}/screenings/nothing"])
async def test_an_error_says_what_to_do_next(visitor: Visitor, address: str, language: str) -> None:
    page = await visitor.open(address.format(language))
    assert page.status_code == 404
    assert f'<html lang="{language}"' in page.text
    assert f'href="/{language}/"' in page.text
