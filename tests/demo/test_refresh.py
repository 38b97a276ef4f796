"""The demo on a real database."""

from datetime import timedelta

from ticketing.demo.refresh import refresh_demo
from ticketing.demo.schedule import planned_screenings
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue, ProgrammeFilters
from ticketing.programme.layout import SeatKind, wheelchair_places_required
from ticketing.programme.model import Screening, doors_open, from_price, lacks_kazakh, on_sale


async def whole_programme(context: Context) -> list[Screening]:
    screenings, following = await Catalogue(context).programme(
        ProgrammeFilters(), now=context.clock.now(), limit=200
    )
    assert following is None
    return screenings


async def test_the_demo_is_imported_and_repeating_it_changes_nothing(context: Context) -> None:
    first = await refresh_demo(context)
    assert first.tables["screening"].added == len(planned_screenings(context.clock.now()))
    again = await refresh_demo(context)
    assert all(count.added == count.changed == 0 for count in again.tables.values()), again.tables


async def test_the_next_days_are_added_and_nothing_moves(context: Context, clock: ShiftedClock) -> None:
    await refresh_demo(context)
    before = {screening.screening_id: screening for screening in await whole_programme(context)}
    for _ in range(3):
        clock.ahead += timedelta(hours=23)
        report = await refresh_demo(context)
        assert report.tables["screening"].changed == 0
        screenings = await whole_programme(context)
        now = context.clock.now()
        offered = [screening for screening in screenings if on_sale(screening, now)]
        assert doors_open(offered[0], now)
        for screening in screenings:
            if screening.screening_id in before:
                assert screening == before[screening.screening_id]


async def test_what_the_demo_promises(context: Context) -> None:
    await refresh_demo(context)
    now = context.clock.now()
    screenings = await whole_programme(context)
    offered = [screening for screening in screenings if on_sale(screening, now)]
    assert doors_open(offered[0], now)
    assert len([screening for screening in offered if screening.currency == "KZT"]) >= 38
    assert {screening.venue.city for screening in offered} == {"almaty", "astana", "shymkent", "paris"}
    assert {40, 116, 266, 524, 1050, 120} <= {screening.place_count for screening in offered}
    kinds = {screening.version.kind for screening in offered if screening.version}
    assert kinds == {"original", "dubbed", "voice_over"}
    paris = [screening for screening in offered if screening.currency == "EUR"]
    families = {price.family for screening in paris for price in screening.prices}
    assert families == {"free", "school", "unlimited_pass", "other"}
    assert any(lacks_kazakh(screening) for screening in offered)

    free = [screening for screening in offered if (price := from_price(screening)) and price.amount == 0]
    assert {screening.kind for screening in free} == {"film", "meeting"}
    assert all(from_price(screening) is not None for screening in offered)


async def test_halls_have_the_wheelchair_places_of_the_law(context: Context) -> None:
    await refresh_demo(context)
    catalogue = Catalogue(context)
    for layout_id in {screening.layout_id for screening in await whole_programme(context)}:
        layout = await catalogue.layout(layout_id)
        kinds = [seat.kind for seat in layout.seats]
        if layout.seats:
            assert kinds.count(SeatKind.WHEELCHAIR) >= wheelchair_places_required(layout.capacity)
            assert set(layout.companions_of) == {
                index for index, kind in enumerate(kinds) if kind is SeatKind.WHEELCHAIR
            }
            assert all(layout.companions_of.values()), "somebody may come along"
        if layout.capacity == 524:
            assert sum(kind in (SeatKind.STANDARD, SeatKind.RESTRICTED) for kind in kinds) == 500
