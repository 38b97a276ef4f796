"""The programme over the wire, as the contract has it."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from tests.factories import Factory, make_layout
from ticketing.kernel.context import Context
from ticketing.kernel.errors import TicketingError
from ticketing.kernel.wire import answer_error
from ticketing.programme.api import routes
from ticketing.programme.catalogue import Catalogue
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.mirror import Mirror


@pytest.fixture
def factory(context: Context) -> Factory:
    return Factory(context)


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """The programme's own routes on real servers."""
    catalogue = Catalogue(context)
    counts = MirrorCounts(Mirror(context, catalogue))
    app = Litestar(
        list(routes),
        dependencies={
            "context": Provide(lambda: context, sync_to_thread=False),
            "catalogue": Provide(lambda: catalogue, sync_to_thread=False),
            "seat_counts": Provide(lambda: counts, sync_to_thread=False),
        },
        exception_handlers={TicketingError: answer_error},
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tickets.test") as opened:
        yield opened


async def get(client: httpx.AsyncClient, path: str, language: str = "en", **query: Any) -> Any:
    answer = await client.get(f"/api/v1{path}", params=query, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_programme_has_what_the_contract_says(client: httpx.AsyncClient, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(rows=2, seats=4))
    body = await get(client, "/programme")
    assert body["next"] is None
    (shown,) = body["screenings"]
    assert shown.keys() >= {
        *("screening", "film", "version", "venue", "city", "hall", "starts_at", "timezone"),
        *("status", "on_sale", "seats", "from_price"),
    }
    assert shown["screening"] == screening
    assert shown["film"]["title"] == "The Animal Kingdom"
    assert shown["film"]["directors"] == ["Thomas Cailley"]
    assert shown["version"] == {
        "version": shown["version"]["version"],
        "audio": "fr",
        "subtitles": ["ru", "kk"],
        "kind": "original",
    }
    assert shown["city"] == "almaty"
    assert shown["starts_at"].endswith("+05:00")
    assert shown["timezone"] == "Asia/Almaty"
    assert shown["status"] == "scheduled"
    assert shown["on_sale"] is True
    assert shown["seats"] == {"total": 8, "free": 8}
    assert shown["from_price"] == {"amount": 0, "currency": "KZT"}, "the factory's invitation is public"


async def test_texts_are_in_the_callers_language(client: httpx.AsyncClient, factory: Factory) -> None:
    screening = await factory.screening()
    for language, title in (
        ("ru", "Королевство зверей"),
        ("fr-FR,fr;q=0.9", "Le Règne animal"),
        ("de", "The Animal Kingdom"),
        ("kk", "The Animal Kingdom"),  # where a language is missing, English stands in
    ):
        assert (await get(client, f"/screenings/{screening}", language))["title"] == title


async def test_a_whole_screening_has_its_tariffs_per_zone(client: httpx.AsyncClient, factory: Factory) -> None:
    festival = await factory.festival()
    await factory.postgres.execute("update tariff set public = false where tariff_id = 'invitation'")
    screening = await factory.screening(festival=festival)
    body = await get(client, f"/screenings/{screening}")
    (zone,) = body["zones"]
    assert {tariff["tariff"]: tariff["price"] for tariff in zone["tariffs"]} == {
        "full": {"amount": 350_000, "currency": "KZT"},
        "student": {"amount": 200_000, "currency": "KZT"},
    }
    assert {tariff["tariff"]: tariff["proof"] for tariff in zone["tariffs"]} == {
        "full": None,
        "student": "Student card",
    }
    assert body["film"]["synopsis"] == ""
    assert datetime.fromisoformat(body["doors_at"]) < datetime.fromisoformat(body["starts_at"])
    assert body["seats_per_hold_max"] == 10


async def test_statuses(client: httpx.AsyncClient, context: Context, factory: Factory) -> None:
    cancelled = await factory.screening(status="cancelled")
    ended = await factory.screening(starts_at=context.clock.now() - timedelta(hours=3))
    draft = await factory.screening(status="draft")
    assert (await get(client, f"/screenings/{cancelled}"))["status"] == "cancelled"
    assert (await get(client, f"/screenings/{ended}"))["status"] == "ended"
    refused = await client.get(f"/api/v1/screenings/{draft}")
    assert refused.status_code == 404


async def test_pages(client: httpx.AsyncClient, context: Context, factory: Factory) -> None:
    starts_at = context.clock.now() + timedelta(hours=1)
    made = [await factory.screening(starts_at=starts_at + timedelta(minutes=n)) for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        body = await get(client, "/programme", **query)
        seen += [shown["screening"] for shown in body["screenings"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert seen == made


def cursor(starts_at: str, screening: str) -> str:
    """A cursor as it would look, were it ours."""
    return base64.urlsafe_b64encode(json.dumps([starts_at, screening]).encode()).decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "nonsense"}, 422),
        ({"cursor": "eyJhIjoxfQ"}, 422),
        ({"cursor": "Ә"}, 422),
        ({"cursor": cursor("0001-01-01T00:00:00+14:00", "s")}, 422),
        ({"cursor": cursor("2026-11-24T19:00:00", "s")}, 422),
        ({"cursor": cursor("2026-11-24T19:00:00Z", "a\0b")}, 422),
        ({"date": "0001-01-01"}, 422),
        ({"date": "9999-12-31"}, 422),
        ({"date": "tomorrow"}, 400),
        ({"limit": 0}, 400),
        ({"limit": 201}, 400),
        ({"city": "../"}, 400),
        ({"lang": "klingon"}, 400),
    ],
)
async def test_a_bad_question_is_refused(client: httpx.AsyncClient, query: dict[str, Any], status: int) -> None:
    # 400 is the framework's own; the composed application answers those as problems with 422.
    answer = await client.get("/api/v1/programme", params=query)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"] == "invalid_field"


@pytest.mark.parametrize("path", ["", "/seat-map"])
async def test_an_unknown_screening(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/api/v1/screenings/nowhere{path}", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == "unknown_screening"
    assert body["transient"] is False


async def test_the_seat_map(client: httpx.AsyncClient, factory: Factory) -> None:
    layout = make_layout(rows=2, seats=3, area_capacity=7)
    screening = await factory.screening(layout=layout)
    path = f"/api/v1/screenings/{screening}/seat-map"
    answer = await client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["width"] == layout.width
    assert body["focal"] == list(layout.focal)
    assert body["zones"] == [{"zone": "stalls", "name": "Stalls", "colour": "#224466"}]
    first = layout.seats[0]
    assert body["seats"][0] == {
        "seat": "A-1",
        "section": "",
        "row": "A",
        "number": "1",
        "x": first.x,
        "y": first.y,
        "zone": "stalls",
        "kind": "standard",
    }
    assert [(area["area"], area["capacity"]) for area in body["areas"]] == [("parterre", 7)]

    tag = answer.headers["etag"]
    assert not tag.startswith("W/"), "the tag is strong"
    assert body["layout"] in tag
    for named in (tag, f'"other", W/{tag}', "*"):
        again = await client.get(path, headers={"accept-language": "en", "if-none-match": named})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
    stale = await client.get(path, headers={"accept-language": "en", "if-none-match": '"other"'})
    assert stale.status_code == 200
    other_language = await client.get(path, headers={"accept-language": "ru", "if-none-match": tag})
    assert other_language.status_code == 200


async def test_the_map_of_other_colours_has_another_tag(
    client: httpx.AsyncClient, context: Context, factory: Factory
) -> None:
    hall = await factory.hall()
    one = await factory.screening(hall=hall)
    other = await factory.screening(hall=hall, starts_at=context.clock.now() + timedelta(hours=5))
    festival = (await get(client, f"/screenings/{other}"))["festival"]
    await context.postgres.execute("update price_zone set colour = '#ff0000' where festival_id = $1", festival)
    fresh = Catalogue(context)
    assert (await fresh.screening(other)).zones[0].colour == "#ff0000"
    tags = {(await client.get(f"/api/v1/screenings/{s}/seat-map")).headers["etag"] for s in (one, other)}
    assert len(tags) == 1, "the process has read the colours before they were changed"


async def test_the_programme_is_there_while_redis_is_not(context: Context, factory: Factory) -> None:
    class NoCounts:
        async def free_places(self, screening_ids: Any) -> dict[str, int]:
            return {}

    await factory.screening()
    catalogue = Catalogue(context)
    app = Litestar(
        list(routes),
        dependencies={
            "context": Provide(lambda: context, sync_to_thread=False),
            "catalogue": Provide(lambda: catalogue, sync_to_thread=False),
            "seat_counts": Provide(NoCounts, sync_to_thread=False),
        },
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tickets.test") as client:
        body = (await client.get("/api/v1/programme")).json()
    assert body["screenings"][0]["seats"]["free"] is None
