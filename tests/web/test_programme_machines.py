"""What machines read: structured data, cards, feeds, sitemaps; and what they need not fetch twice."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar
from PIL import Image

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def data_of(text: str) -> list[dict[str, Any]]:
    """The things that a page describes."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(blocks) == 1
    told = json.loads(blocks[0])
    assert told["@context"][0] == "https://schema.org"
    graph: list[dict[str, Any]] = told["@graph"]
    return graph


async def film_of(context: Context, screening: str) -> str:
    return str(await context.postgres.fetchval("select film_id from screening where screening_id = $1", screening))


async def test_a_film_and_its_screenings_are_described(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    film = await film_of(context, screening)
    page = await visitor.open(f"/fr/films/{film}")
    movie, event = data_of(page.text)
    assert (movie["@type"], movie["name"], movie["duration"]) == ("Movie", "Le Règne animal", "PT2H8M")
    assert event["@type"] == "ScreeningEvent"
    assert event["workPresented"]["director"] == [{"@type": "Person", "name": "Thomas Cailley"}]
    assert (event["inLanguage"], event["subtitleLanguage"]) == ("fr", ["ru", "kk"])
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["location"]["@type"] == "MovieTheater"
    assert event["location"]["address"]["addressCountry"] == "KZ"
    assert event["startDate"].endswith("+05:00")
    assert [(offer["price"], offer["priceCurrency"], offer["availability"]) for offer in event["offers"]] == [
        ("0.00", "KZT", "https://schema.org/InStock"),
        ("2000.00", "KZT", "https://schema.org/InStock"),
        ("3500.00", "KZT", "https://schema.org/InStock"),
    ]


@pytest.mark.parametrize(
    ("columns", "status", "availability"),
    [
        ({"status": "cancelled"}, "EventCancelled", "OutOfStock"),
        # Counted from when the tests are read, which may be a quarter of an hour before this one runs.
        ({"sales_open_at": datetime.now(UTC) + timedelta(minutes=40)}, "EventScheduled", "PreOrder"),
        ({"audience": "invitation"}, "EventScheduled", None),
    ],
    ids=["cancelled", "not yet", "by invitation"],
)
async def test_states_are_described(  # noqa: PLR0917 - fixtures and the three columns of the table
    visitor: Visitor,
    factory: Factory,
    context: Context,
    columns: dict[str, Any],
    status: str,
    availability: str | None,
) -> None:
    screening = await factory.screening(**columns)
    page = await visitor.open(f"/en/films/{await film_of(context, screening)}")
    event = data_of(page.text)[1]
    assert event["eventStatus"].endswith(status)
    offers = {offer["availability"].rpartition("/")[2] for offer in event.get("offers", [])}
    assert offers == ({availability} if availability else set())


async def test_a_text_can_break_out_of_nothing(visitor: Visitor, factory: Factory, context: Context) -> None:
    evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(2)><!--'
    film, version = await factory.film(title={"en": evil}, synopsis={"en": evil}, directors=[evil])
    festival = await factory.festival()
    screening = await factory.screening(festival=festival, film_id=film, version_id=version)
    for address in ("/en/", f"/en/films/{film}", "/en/films", f"/en/screenings/{screening}"):
        page = await visitor.open(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert data_of((await visitor.open(f"/en/films/{film}")).text)[0]["name"] == evil
    feed = await visitor.open(f"/en/feeds/{festival}.json")
    assert feed.headers["content-type"] == "application/feed+json"
    assert feed.headers["x-content-type-options"] == "nosniff"
    entry = Calendar.from_ical((await visitor.open(f"/en/feeds/{festival}.ics")).content).walk("VEVENT")[0]
    assert str(entry["summary"]).startswith("</script>")


async def test_a_link_to_a_page_is_shown_with_a_card(visitor: Visitor, factory: Factory, context: Context) -> None:
    screening = await factory.screening()
    for address in ("/kk/", f"/kk/films/{await film_of(context, screening)}", "/kk/films"):
        page = await visitor.open(address)
        told = dict(re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">', page.text))
        assert told.keys() >= {"og:title", "og:description", "og:image", "og:url", "og:type", "og:locale"}
        assert told["og:url"] == re.findall(r'rel="canonical" href="([^"]+)"', page.text)[0]
        assert len(re.findall(r'rel="alternate" hreflang="([^"]+)"', page.text)) == 5
        card = await visitor.open(told["og:image"].removeprefix("http://tickets.test"))
        assert card.headers["content-type"] == "image/png"
        with Image.open(io.BytesIO(card.content)) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
        again = await visitor.client.get(str(card.url), headers={"if-none-match": card.headers["etag"]})
        assert again.status_code == 304


async def test_private_pages_ask_not_to_be_found(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    for address in ("/en/cart", "/en/orders/K7Q29XFM/wrong", "/en/staff/sign-in"):
        page = await visitor.open(address)
        assert page.headers["x-robots-tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in page.text
        assert "og:title" not in page.text
    for address in ("/en/", "/en/films"):
        assert "x-robots-tag" not in (await visitor.open(address)).headers


async def test_the_week_as_a_calendar(visitor: Visitor, factory: Factory) -> None:
    festival = await factory.festival()
    shown = await factory.screening(festival=festival)
    off = await factory.screening(festival=festival, status="cancelled")
    await factory.screening(festival=festival, status="draft")
    page = await visitor.open("/kk/")
    assert f'href="/kk/feeds/{festival}.ics"' in page.text
    feed = await visitor.open(f"/kk/feeds/{festival}.ics")
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    entries = {str(entry["uid"]): entry for entry in Calendar.from_ical(feed.content).walk("VEVENT")}
    assert entries.keys() == {f"{shown}@tickets.test", f"{off}@tickets.test"}
    assert str(entries[f"{off}@tickets.test"]["status"]) == "CANCELLED"
    entry = entries[f"{shown}@tickets.test"]
    assert str(entry["url"]) == f"http://tickets.test/kk/screenings/{shown}"
    assert "Түпнұсқа" in str(entry["description"])
    assert entry["dtstart"].params["tzid"] == "Asia/Almaty"


async def test_the_week_as_json(visitor: Visitor, factory: Factory) -> None:
    festival = await factory.festival()
    shown = await factory.screening(festival=festival)
    feed = (await visitor.open(f"/ru/feeds/{festival}.json")).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://tickets.test/ru/feeds/{festival}.json"
    [item] = feed["items"]
    assert item["id"] == f"urn:ticketing:screening:{shown}"
    assert item["_screening"]["film"]["title"] == "Королевство зверей"
    assert item["_screening"]["from_price"] == {"amount": 0, "currency": "KZT"}
    assert "seats" not in item["_screening"]
    assert item["image"].startswith("http://tickets.test/share/ru/films/")


@pytest.mark.parametrize("kind", ["ics", "json"])
async def test_a_part_of_the_week(visitor: Visitor, factory: Factory, kind: str) -> None:
    festival = await factory.festival()
    shown = await factory.screening(festival=festival)
    for query, there in (
        ("city=almaty&audio=fr&subtitles=kk", True),
        ("city=paris", False),
        ("audio=kk", False),
        ("city=%3Cscript%3E", False),
    ):
        feed = await visitor.open(f"/kk/feeds/{festival}.{kind}?{query}")
        assert feed.status_code == 200
        assert (shown in feed.text.replace("\r\n ", "")) is there, query
        assert "<script" not in feed.text


@pytest.mark.parametrize("address", ["/kk/feeds/week-1.ics", "/kk/feeds/week-1.json", "/sitemaps/week-1.xml"])
async def test_what_a_reader_has_is_not_sent_again(visitor: Visitor, factory: Factory, address: str) -> None:
    await factory.screening()
    client = visitor.client
    first = await client.get(address, headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    plain = await client.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content
    assert plain.headers["etag"] != first.headers["etag"]
    assert first.headers["cache-control"].startswith("public, max-age=")
    for headers, status in (
        ({"if-none-match": plain.headers["etag"]}, 304),
        ({"if-none-match": f'"other", W/{plain.headers["etag"]}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"other"'}, 200),
        ({"if-modified-since": plain.headers["last-modified"]}, 304),
        ({"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
        ({"if-modified-since": "yesterday, I think"}, 200),
        ({"if-none-match": '"other"', "if-modified-since": plain.headers["last-modified"]}, 200),
    ):
        answer = await client.get(address, headers={"accept-encoding": "identity", **headers})
        assert answer.status_code == status, headers
        assert bool(answer.content) is (status == 200)


async def test_the_sitemap_names_every_public_page_and_each_is_there(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    await factory.screening(festival=await factory.festival(), status="draft")
    index = ET.fromstring((await visitor.open("/sitemap.xml")).content)
    places = [found.text or "" for found in index.iterfind("s:sitemap/s:loc", SITEMAP)]
    assert len(places) == 2
    addresses: list[str] = []
    for place in places:
        found = ET.fromstring((await visitor.open(place.removeprefix("http://tickets.test"))).content)
        addresses += [loc.text or "" for loc in found.iterfind("s:url/s:loc", SITEMAP)]
        assert len(found.findall("s:url/x:link", SITEMAP)) == 5 * len(found.findall("s:url", SITEMAP))
    film = await film_of(context, screening)
    assert f"http://tickets.test/kk/films/{film}" in addresses
    assert f"http://tickets.test/fr/screenings/{screening}" in addresses
    assert len(addresses) == 4 * (2 + 2 + 2)
    for address in addresses[::3]:
        page = await visitor.open(address.removeprefix("http://tickets.test"))
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{address}">' in page.text
        assert "noindex" not in page.text


async def test_robots_leave_orders_carts_and_staff_alone(visitor: Visitor) -> None:
    text = (await visitor.open("/robots.txt")).text
    for place in ("/*/orders/", "/*/cart", "/*/staff/", "/api/"):
        assert f"Disallow: {place}\n" in text
    assert text.endswith("Sitemap: http://tickets.test/sitemap.xml\n")


async def test_static_files_are_packed_and_kept_as_long_as_they_are_right(
    visitor: Visitor, factory: Factory
) -> None:
    await factory.festival()
    page = await visitor.open("/kk/")
    address = re.findall(r'href="(/static/css/programme\.css\?v=[0-9a-f]+)"', page.text)[0]
    marked = await visitor.client.get(address)
    assert marked.headers["content-encoding"] == "gzip"
    assert "immutable" in marked.headers["cache-control"]
    for other in ("/static/css/programme.css", "/static/css/programme.css?v=0123456789"):
        assert (await visitor.client.get(other)).headers["cache-control"] == "public, max-age=300"
    again = await visitor.client.get(address, headers={"if-none-match": marked.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
