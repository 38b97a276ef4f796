"""The catalogue on a real database: whole screenings, filters, pages, and a cache that asks once."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from tests.factories import Factory, make_layout
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownFestival, UnknownScreening
from ticketing.programme.catalogue import Catalogue, ProgrammeFilters
from ticketing.programme.layout import layout_id
from ticketing.programme.shared_cache import SharedCache


@pytest.fixture
def factory(context: Context) -> Factory:
    return Factory(context)


@pytest.fixture
def catalogue(context: Context) -> Catalogue:
    return Catalogue(context)


async def ids(context: Context, **filters: object) -> list[str]:
    """What a fresh catalogue lists."""
    now = context.clock.now()
    found, _ = await Catalogue(context).programme(ProgrammeFilters(**filters), now=now)  # type: ignore[arg-type]  # by name
    return [screening.screening_id for screening in found]


async def test_a_screening_comes_whole(context: Context, factory: Factory, catalogue: Catalogue) -> None:
    layout = make_layout(rows=2, seats=4, area_capacity=3)
    screening_id = await factory.screening(layout=layout, rules={"hold_ttl_s": 60})
    screening = await catalogue.screening(screening_id)
    assert screening.film is not None
    assert screening.film.directors == ("Thomas Cailley",)
    assert screening.version is not None
    assert screening.version.subtitles == ("ru", "kk")
    assert screening.place_count == 11
    assert screening.rules.hold_ttl_s == 60
    assert screening.rules.seats_per_hold_max == 10
    assert [zone.zone for zone in screening.zones] == ["stalls"]
    assert {price.tariff: price.amount for price in screening.prices} == {
        "full": 350_000,
        "student": 200_000,
        "invitation": 0,
    }
    assert screening.starts_at.tzinfo is not None
    assert await catalogue.layout(screening.layout_id) == layout
    assert layout_id(layout) == screening.layout_id


@pytest.mark.parametrize("screening_id", ["nowhere", "", "../etc", "a\0b", "Ә", "x" * 5000])
async def test_an_unknown_screening_is_refused(catalogue: Catalogue, screening_id: str) -> None:
    with pytest.raises(UnknownScreening):
        await catalogue.screening(screening_id)
    with pytest.raises(UnknownFestival):
        await catalogue.festival(screening_id)


async def test_a_draft_is_unknown_to_the_public(context: Context, factory: Factory, catalogue: Catalogue) -> None:
    draft = await factory.screening(status="draft")
    assert (await catalogue.screening(draft)).status == "draft"
    with pytest.raises(UnknownScreening):
        await catalogue.public_screening(draft)
    assert await ids(context) == []


async def test_a_meeting_has_no_film(factory: Factory, catalogue: Catalogue) -> None:
    meeting = await factory.screening(
        kind="meeting", film_id=None, version_id=None, title={"en": "Co-production"}, audience="accredited"
    )
    screening = await catalogue.screening(meeting)
    assert screening.film is None
    assert screening.version is None
    assert screening.title == {"en": "Co-production"}


async def test_filters(context: Context, factory: Factory) -> None:
    now = context.clock.now()
    one = await factory.screening(starts_at=now + timedelta(hours=1))
    other = await factory.screening(starts_at=now + timedelta(hours=2))
    cancelled = await factory.screening(starts_at=now + timedelta(hours=3), status="cancelled")
    over = await factory.screening(starts_at=now - timedelta(hours=5))
    shown = await Catalogue(context).screening(one)
    assert shown.film is not None
    assert shown.version is not None
    assert await ids(context) == [one, other, cancelled]
    assert await ids(context, festival=shown.festival) == [one]
    assert await ids(context, film=shown.film.film) == [one]
    assert await ids(context, version=shown.version.version) == [one]
    assert await ids(context, city="almaty") == [one, other, cancelled]
    assert await ids(context, city="paris") == []
    for language, expected in (("fr", 3), ("kk", 3), ("ru", 3), ("en", 0)):
        assert len(await ids(context, language=language)) == expected
    assert over not in await ids(context)


async def test_a_date_is_the_venues_own_and_shows_what_is_over(context: Context, factory: Factory) -> None:
    almaty = ZoneInfo("Asia/Almaty")
    day = datetime.now(almaty).date() - timedelta(days=3)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=almaty)
    first = await factory.screening(starts_at=midnight)
    last = await factory.screening(starts_at=midnight + timedelta(hours=23, minutes=59))
    await factory.screening(starts_at=midnight - timedelta(minutes=1))
    await factory.screening(starts_at=midnight + timedelta(hours=24))
    assert await ids(context, date=day) == [first, last]
    assert midnight.astimezone(UTC).date() < day, "the day begins the evening before in UTC"


async def test_pages_follow_each_other_without_gap_or_repeat(context: Context, factory: Factory) -> None:
    starts_at = context.clock.now() + timedelta(hours=1)
    festival = await factory.festival()
    # Several at the same minute: the id decides.
    made = [
        await factory.screening(
            screening=f"{festival}-{number}",
            festival=festival,
            starts_at=starts_at + timedelta(minutes=number // 3),
        )
        for number in range(7)
    ]
    catalogue, cursor, seen = Catalogue(context), None, []
    for _ in range(4):
        page, cursor = await catalogue.programme(
            ProgrammeFilters(), now=context.clock.now(), limit=2, cursor=cursor
        )
        seen += [screening.screening_id for screening in page]
    assert cursor is None
    assert seen == made


async def test_it_is_read_once_in_a_few_seconds(context: Context, factory: Factory, catalogue: Catalogue) -> None:
    screening_id = await factory.screening()
    first, *others = await asyncio.gather(*(catalogue.screening(screening_id) for _ in range(50)))
    assert all(other is first for other in others)
    await context.postgres.execute(
        "update screening set status = 'cancelled' where screening_id = $1", screening_id
    )
    assert (await catalogue.screening(screening_id)).status == "published"
    catalogue.forget()
    assert (await catalogue.screening(screening_id)).status == "cancelled"


async def test_layouts_are_kept_for_good(context: Context, factory: Factory, catalogue: Catalogue) -> None:
    screening = await catalogue.screening(await factory.screening())
    layout = await catalogue.layout(screening.layout_id)
    catalogue.forget()
    assert await catalogue.layout(screening.layout_id) is layout
    with pytest.raises(LookupError):
        await catalogue.layout("f" * 32)


async def test_a_festival(context: Context, factory: Factory, catalogue: Catalogue) -> None:
    festival_id = await factory.festival(rules={"reentry": False})
    festival = await catalogue.festival(festival_id)
    assert festival.currency == "KZT"
    assert festival.rules.reentry is False
    assert [found.festival for found in await catalogue.festivals()] == [festival_id]


async def test_the_programme_follows_the_clock(context: Context, clock: ShiftedClock, factory: Factory) -> None:
    screening_id = await factory.screening()
    clock.ahead = timedelta(hours=2)
    assert await ids(context) == [screening_id]
    clock.ahead = timedelta(hours=3)
    assert await ids(context) == []


async def test_a_load_outlives_the_one_who_began_it() -> None:
    cache: SharedCache[str, int] = SharedCache(10, None)
    begun, go = asyncio.Event(), asyncio.Event()

    async def load() -> int:
        begun.set()
        await go.wait()
        return 7

    one = asyncio.create_task(cache.get("key", load))
    await begun.wait()
    other = asyncio.create_task(cache.get("key", load))
    await asyncio.sleep(0)
    one.cancel()
    go.set()
    assert await other == 7
    assert one.cancelled() or one.cancelling()


async def test_a_failed_load_is_told_to_all_and_tried_again() -> None:
    cache: SharedCache[str, int] = SharedCache(10, None)
    count = 0

    async def load() -> int:
        nonlocal count
        count += 1
        await asyncio.sleep(0)
        if count == 1:
            raise asyncpg.TooManyConnectionsError
        return count

    failed = await asyncio.gather(*(cache.get("key", load) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, asyncpg.TooManyConnectionsError) for error in failed)
    assert await cache.get("key", load) == 2


async def test_the_cache_is_bounded_and_the_least_used_leave_first() -> None:
    cache: SharedCache[int, int] = SharedCache(3, None)
    loads: list[int] = []

    async def get(key: int) -> None:
        async def load() -> int:
            loads.append(key)
            return key

        await cache.get(key, load)

    for key in (1, 2, 3, 1, 4, 1, 2):
        await get(key)
    assert loads == [1, 2, 3, 4, 2]
