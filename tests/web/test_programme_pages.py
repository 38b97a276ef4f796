"""The programme, film pages and lists of films, as a visitor meets them; and what crafted addresses get."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.programme.pictures import make_picture


def forget(visitor: Visitor) -> None:
    """What the process keeps of the programme for some seconds is read anew."""
    visitor.client._transport.app.state.house.catalogue.forget()  # type: ignore[attr-defined]


async def week(factory: Factory, context: Context) -> tuple[str, dict[str, str]]:
    """A festival with a screening in each of some states: their ids by state."""
    festival = await factory.festival()
    now = context.clock.now()
    made = {
        "open": await factory.screening(festival=festival, starts_at=now + timedelta(days=1)),
        "cancelled": await factory.screening(
            festival=festival, status="cancelled", starts_at=now + timedelta(days=1, hours=1)
        ),
        "later": await factory.screening(festival=festival, starts_at=now + timedelta(days=2)),
    }
    return festival, made


def listed(text: str) -> list[str]:
    """The screenings that a page leads to, in its order."""
    found = re.findall(r'class="button[^"]*" href="/../screenings/([a-z0-9-]+)"', text)
    return list(dict.fromkeys(found))


async def test_a_visitor_finds_film_time_place_version_and_the_way_to_seats(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    _, made = await week(factory, context)
    page = await visitor.open("/ru/")
    words = visitor.text()
    assert page.status_code == 200
    for part in ("Королевство зверей", "Алматы , Арман, Большой зал", "Оригинал: французский", "16+", "128 мин"):
        assert part in words, part
    assert "Субтитры: русский, казахский" in words
    assert "Отменён" in words
    assert listed(page.text) == [made["open"], made["later"]]
    assert f'href="/ru/screenings/{made["open"]}"' in page.text


async def test_filters_stand_in_the_address_and_can_be_taken_off(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival, made = await week(factory, context)
    base = f"/kk/?festival={festival}"
    for query, shown in (
        ("audio=fr", True),
        ("audio=fr&subtitles=ru", True),
        ("audio=kk", False),
        ("subtitles=kk", True),
        ("subtitles=en", False),
        ("version=original", True),
        ("version=dubbed", False),
        ("city=almaty", True),
        ("city=paris", False),
        ("film=nothing", False),
    ):
        page = await visitor.open(f"{base}&{query}")
        assert page.status_code == 200
        assert (made["open"] in listed(page.text)) is shown, query
        assert ("noindex" in page.headers.get("x-robots-tag", "")) is not shown, query
    page = await visitor.open(f"{base}&city=almaty&audio=fr")
    assert f'href="/fr/?festival={festival}&amp;city=almaty&amp;audio=fr"' in page.text
    without = rf'<a href="/kk/\?festival={festival}&amp;audio=fr"><span class="away">[^<]+</span>Almaty'
    assert re.search(without, page.text)
    assert f'<link rel="canonical" href="http://tickets.test/kk/?festival={festival}">' in page.text


async def test_days_lead_to_each_other(visitor: Visitor, factory: Factory, context: Context) -> None:
    _, made = await week(factory, context)
    page = await visitor.open("/en/")
    days = re.findall(r'href="(/en/\?date=[^"]+|/en/\?festival=[^"]*date=[^"]+)"', page.text)
    assert len(days) == 2
    page = await visitor.open(days[0].replace("&amp;", "&"))
    assert listed(page.text) == [made["open"]]
    following = re.search(r'class="following"><a class="button second" href="([^"]+)"', page.text)
    assert following
    page = await visitor.open(following[1].replace("&amp;", "&"))
    assert listed(page.text) == [made["later"]]
    assert 'class="following"' not in page.text


async def test_what_is_over_today_is_folded_away_and_yesterday_is_gone(
    visitor: Visitor, factory: Factory, context: Context, clock: ShiftedClock
) -> None:
    # Noon in Almaty, whatever the hour of the test: today has a past and a future.
    clock.ahead = timedelta(hours=(31 - datetime.now(UTC).hour) % 24)
    festival = await factory.festival()
    now = context.clock.now()
    yesterday = await factory.screening(festival=festival, starts_at=now - timedelta(days=1, hours=4))
    over = await factory.screening(festival=festival, starts_at=now - timedelta(hours=4))
    ahead = await factory.screening(festival=festival, starts_at=now + timedelta(hours=4))
    page = await visitor.open(f"/en/?festival={festival}")
    assert "1 screening of today is over" in visitor.text()
    assert '<details class="past">' in page.text
    assert page.text.count('<article class="showing') == 2
    film = await context.postgres.fetchval("select film_id from screening where screening_id = $1", over)
    assert f"/en/films/{film}" in page.text.partition("</details>\n</section>")[0]
    assert listed(page.text) == [ahead]
    assert yesterday not in page.text


async def test_before_and_after_a_festival(
    visitor: Visitor, factory: Factory, context: Context, clock: ShiftedClock
) -> None:
    await visitor.open("/en/")
    assert "No festival yet" in visitor.text()
    assert (await visitor.open("/en/films")).status_code == 200
    festival = await factory.festival()
    forget(visitor)
    await visitor.open("/en/")
    assert "The programme will be here as soon as it is published." in visitor.text()
    screening = await factory.screening(festival=festival)
    film = await context.postgres.fetchval("select film_id from screening where screening_id = $1", screening)
    clock.ahead = timedelta(days=30)
    forget(visitor)
    page = await visitor.open("/en/")
    assert "This festival is over." in visitor.text()
    assert f'href="/en/films/{film}"' in page.text
    await visitor.open(f"/en/films/{film}")
    assert "All screenings of this film are over." in visitor.text()
    assert "Over" in visitor.text()


async def test_of_several_festivals_one_is_shown_and_the_others_are_named(
    visitor: Visitor, factory: Factory
) -> None:
    first, second = await factory.festival(), await factory.festival()
    await factory.screening(festival=second)
    page = await visitor.open("/en/")
    assert f'<a href="/en/?festival={first}">Week of French premieres</a>' in page.text
    assert f'name="festival" value="{second}"' in page.text
    page = await visitor.open(f"/en/?festival={first}")
    assert f'<a href="/en/?festival={second}">Week of French premieres</a>' in page.text


async def test_a_film_has_a_page_with_all_its_screenings_in_all_cities(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    film, version = await factory.film(synopsis={"kk": "Адамдар аңға айналады.", "en": "People turn into animals."})
    festival = await factory.festival()
    almaty = await factory.screening(festival=festival, film_id=film, version_id=version)
    astana = await factory.screening(film_id=film, version_id=version)
    await context.postgres.execute(
        """update venue set city = 'astana', city_name = '{"en": "Astana", "kk": "Астана"}'
        where venue_id = (select venue_id from hall join screening using (hall_id) where screening_id = $1)""",
        astana,
    )
    draft = await factory.screening(film_id=film, version_id=version, status="draft")
    page = await visitor.open(f"/kk/films/{film}")
    words = visitor.text()
    for part in ("Адамдар аңға айналады.", "Thomas Cailley", "16+", "2023", "128 мин", "Астана", "Le Règne animal"):
        assert part in words, part
    assert set(listed(page.text)) == {almaty, astana}
    assert draft not in page.text
    assert f'<link rel="alternate" hreflang="x-default" href="http://tickets.test/en/films/{film}">' in page.text


async def test_films_are_listed_by_the_alphabet_of_the_language(visitor: Visitor, factory: Factory) -> None:
    festival = await factory.festival()
    for name in ("Өмір", "Орал", "Әже", "Аққу", "Бала"):
        film, version = await factory.film(title={"kk": name})
        await factory.screening(festival=festival, film_id=film, version_id=version)
    page = await visitor.open("/kk/films")
    assert re.findall(r"<b>([^<]+)</b><span>", page.text) == ["Аққу", "Әже", "Бала", "Орал", "Өмір"]


async def test_a_brought_poster_and_logo_are_shown_and_kept_for_good(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    row = await context.postgres.fetchrow(
        "select film_id, festival_id from screening where screening_id = $1", screening
    )
    assert row is not None
    stream = io.BytesIO()
    Image.new("RGB", (600, 840), "#b01029").save(stream, "JPEG")
    made = make_picture(stream.getvalue(), "poster")
    await context.postgres.execute("insert into picture values ($1, $2, $3)", made.picture, made.width, made.height)
    for width, body in {**made.sizes, 96: made.sizes[160]}.items():
        await context.postgres.execute("insert into picture_size values ($1, $2, $3)", made.picture, width, body)
    await context.postgres.execute("insert into film_poster values ($1, $2)", row["film_id"], made.picture)
    await context.postgres.execute("insert into festival_logo values ($1, $2)", row["festival_id"], made.picture)
    page = await visitor.open("/kk/")
    assert f'<img class="logo" src="/pictures/{made.picture}-480.webp"' in page.text
    assert f'src="/pictures/{made.picture}-160.webp"' in page.text
    picture = await visitor.open(f"/pictures/{made.picture}-160.webp")
    assert picture.content == made.sizes[160]
    assert picture.headers["content-type"] == "image/webp"
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    card = await visitor.open(f"/share/kk/films/{row['film_id']}.png")
    with Image.open(io.BytesIO(card.content)) as drawn:
        assert drawn.size == (1200, 630)
        assert drawn.convert("RGB").getpixel((1100, 300)) == pytest.approx((176, 16, 41), abs=6)


@pytest.mark.parametrize(
    "address",
    [
        "/kk/films/nothing",
        "/kk/films/%00",
        "/kk/films/" + "a" * 300,
        "/kk/films/<script>",
        "/de/films",
        "/kk/films?festival=nothing",
        "/kk/feeds/nothing.ics",
        "/kk/feeds/week-1.exe",
        "/xx/feeds/week-1.ics",
        "/sitemaps/nothing.xml",
        "/sitemaps/week-1",
        "/pictures/" + "0" * 32 + "-160.webp",
        "/pictures/..%2f..%2fapp.py",
        "/share/kk/films/nothing.png",
        "/share/kk/films/film-1.svg",
        "/share/xx/festivals/week-1.png",
        "/static/%2e%2e/app.py",
        "/static/%2fetc/passwd",
        "/static/css",
        "/static/" + "a" * 400 + ".css",
    ],
)
async def test_what_is_not_there_is_a_clear_page(visitor: Visitor, factory: Factory, address: str) -> None:
    await factory.festival()
    page = await visitor.open(address)
    assert page.status_code == 404
    assert "Traceback" not in page.text
    assert "<script>" not in page.text
    assert page.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    "query",
    [
        "date=2026-13-40",
        "date=0000-00-00",
        "date=" + "9" * 5000,
        "city=%3Cscript%3Ealert(1)%3C/script%3E",
        "audio=%00&subtitles=%ff%fe",
        'version=";alert(1)//',
        "film=../../etc/passwd",
        "&".join(f"p{number}=x" for number in range(1000)) + "&city=nowhere",
        "&".join(f"city=c{number}" for number in range(1000)),
    ],
    ids=lambda query: query[:20],
)
async def test_crafted_filters_fit_nothing_and_are_never_repeated(
    visitor: Visitor, factory: Factory, query: str
) -> None:
    await factory.screening()
    page = await visitor.open(f"/kk/?{query}")
    assert page.status_code == 200
    assert "сай ештеңе" in visitor.text() or "Барлығын" in visitor.text()
    for word in ("<script>alert", "alert(1)", "passwd", "p999", "c999", "nowhere", "13-40", "9999"):
        assert word not in page.text


async def test_an_unknown_festival_is_a_clear_page(visitor: Visitor, factory: Factory) -> None:
    await factory.festival()
    for wanted in ("nothing", "%3Cb%3E", "a" * 100, "%00"):
        assert (await visitor.open(f"/kk/?festival={wanted}")).status_code == 404
