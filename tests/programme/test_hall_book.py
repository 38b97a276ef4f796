"""Halls saved, drafted and listed: nothing half, nothing twice, nobody's work written over unseen."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.factories import Factory, make_layout
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.programme.hall_book import HallDrawing, list_halls, read_drawing, read_hall, save_hall
from ticketing.programme.hall_drafts import drop_draft, keep_draft, list_drafts, read_draft
from ticketing.programme.halls.own import hall_document
from ticketing.programme.layout import Layout, layout_id
from ticketing.staff.reach import EVERYWHERE, Place, Reach, reach_of

NOWHERE = Reach(frozenset())
NAME = {"en": "Blue hall", "kk": "Көк зал"}


@pytest.fixture
def factory(context: Context) -> Factory:
    return Factory(context)


def as_read(layout: Layout) -> str:
    """The id of a layout that came as a document: there a whole number is a number like others."""
    return layout_id(read_drawing(hall_document(layout)))


def drawing(venue: str, layout: Layout, based_on: str | None = None, **changes: Any) -> HallDrawing:
    return HallDrawing(venue, changes.pop("name", NAME), hall_document(layout) | changes, based_on)


async def acts(context: Context) -> list[str]:
    rows = await context.postgres.fetch("select act from audit order by audit_id")
    return [row["act"] for row in rows]


async def test_a_hall_is_made_changed_and_saved_again(context: Context, factory: Factory) -> None:
    venue = f"venue-of-{await factory.hall()}"
    small, large = make_layout(rows=2), make_layout(rows=3)
    made = await save_hall(context, EVERYWHERE, "blue", drawing(venue, small), "olga")
    assert (made.layout, made.places, made.name) == (as_read(small), 20, NAME)
    again = await save_hall(context, EVERYWHERE, "blue", drawing(venue, small), "olga")
    assert again == made
    changed = await save_hall(context, EVERYWHERE, "blue", drawing(venue, large, made.layout), "olga")
    assert (changed.layout, changed.places) == (as_read(large), 30)
    # The same once more, as a client sends it that got no answer.
    assert await save_hall(context, EVERYWHERE, "blue", drawing(venue, large, made.layout), "olga") == changed
    assert await acts(context) == ["hall_saved", "hall_saved"]


async def test_screenings_keep_the_layout_that_they_pin(context: Context, factory: Factory) -> None:
    screening = await factory.screening()
    hall = await context.postgres.fetchval("select hall_id from screening where screening_id = $1", screening)
    before = await read_hall(context, EVERYWHERE, hall)
    assert (before.ahead, before.older) == (1, 0)
    await save_hall(context, EVERYWHERE, hall, drawing(before.venue, make_layout(rows=2), before.layout), "olga")
    after = await read_hall(context, EVERYWHERE, hall)
    assert (after.ahead, after.older, after.places) == (1, 1, 20)
    pinned = await context.postgres.fetchval("select layout_id from screening where screening_id = $1", screening)
    assert pinned == before.layout


async def test_two_who_save_at_once_do_not_write_over_each_other(context: Context, factory: Factory) -> None:
    hall = await factory.hall()
    known = await read_hall(context, EVERYWHERE, hall)
    results = await asyncio.gather(
        *(
            save_hall(context, EVERYWHERE, hall, drawing(known.venue, make_layout(rows=rows), known.layout), by)
            for rows, by in ((2, "olga"), (3, "sara"))
        ),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, errors.HallSavedMeanwhile)]
    saved = [one for one in results if not isinstance(one, BaseException)]
    assert (len(saved), len(refused)) == (1, 1)
    assert refused[0].data["layout"] == saved[0].layout
    # And two who draw the same new hall.
    new = await asyncio.gather(
        *(
            save_hall(context, EVERYWHERE, "new", drawing(known.venue, make_layout(rows=rows)), "olga")
            for rows in (2, 3)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in new) == ["HallRow", "HallSavedMeanwhile"]


async def test_what_may_not_be_is_refused_and_nothing_is_kept(context: Context, factory: Factory) -> None:
    hall, other = await factory.hall(), await factory.hall()
    known, elsewhere = await read_hall(context, EVERYWHERE, hall), await read_hall(context, EVERYWHERE, other)
    layout = make_layout(rows=2)
    tables: list[tuple[type[errors.TicketingError], str, Reach, HallDrawing]] = [
        (errors.HallElsewhere, hall, EVERYWHERE, drawing(elsewhere.venue, layout, known.layout)),
        (errors.UnknownVenue, "new", EVERYWHERE, drawing("nowhere", layout)),
        (errors.UnknownHall, "new", EVERYWHERE, drawing(known.venue, layout, known.layout)),
        (errors.HallSavedMeanwhile, hall, EVERYWHERE, drawing(known.venue, layout)),
        (
            errors.OutOfReach,
            hall,
            reach_of([Place(None, elsewhere.venue)]),
            drawing(known.venue, layout, known.layout),
        ),
        (errors.InvalidField, "Blue Hall", EVERYWHERE, drawing(known.venue, layout)),
        (errors.InvalidField, hall, EVERYWHERE, drawing(known.venue, layout, known.layout, name={})),
        (errors.InvalidField, hall, EVERYWHERE, drawing(known.venue, layout, known.layout, name={"de": "Saal"})),
        (errors.HallRefused, hall, EVERYWHERE, drawing(known.venue, layout, known.layout, width=-1)),
    ]
    for refusal, name, reach, wish in tables:
        with pytest.raises(refusal):
            await save_hall(context, reach, name, wish, "olga")
    assert await read_hall(context, EVERYWHERE, hall) == known
    assert await context.postgres.fetchval("select count(*) from layout") == 1
    assert await acts(context) == []


def seat(number: object, x: object = 100, **more: object) -> dict[str, Any]:
    return {"number": number, "x": x, "y": 300, **more}


@pytest.mark.parametrize(
    ("runs", "path"),
    [
        ([[seat("1"), seat("1", 155)]], "seat"),
        ([[seat("1", float("nan"))]], "sections[0].rows[0].runs[0][0].x"),
        ([[seat("1", 1e300)]], "sections[0].rows[0].runs[0][0].x"),
        ([[seat("1", 200_000)]], "position"),
        ([[seat("1", "left")]], "sections[0].rows[0].runs[0][0].x"),
        ([[seat(True)]], "sections[0].rows[0].runs[0][0].number"),
        ([[seat("1", kind="throne")]], "sections[0].rows[0].runs[0][0].kind"),
        ([[seat("1", zone="")]], "sections[0].rows[0].runs[0][0].zone"),
        ([[seat("1", kind="companion")]], "companion_of"),
        ([[seat("1", colour="red")]], "sections[0].rows[0].runs[0][0].colour"),
        ([["A-1"]], "sections[0].rows[0].runs[0][0]"),
        ("A", "sections[0].rows[0].runs"),
        ([[seat(str(number), number) for number in range(20_001)]], "places"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_problem_is_told_with_its_path(runs: object, path: str) -> None:
    document = {
        "format": "ticketing-hall/1",
        "width": 600,
        "height": 700,
        "sections": [{"section": "", "rows": [{"row": "A", "runs": runs}]}],
    }
    with pytest.raises(errors.HallRefused) as refused:
        read_drawing(document)
    assert path in {problem.column for problem in refused.value.data["problems"]}


async def test_a_draft_is_kept_for_one_person(context: Context, factory: Factory) -> None:
    venue = f"venue-of-{await factory.hall()}"
    unfinished = HallDrawing(venue, NAME, {"format": "ticketing-hall/1", "sections": [], "half": True})
    await keep_draft(context, EVERYWHERE, "blue", unfinished, "olga")
    kept = await read_draft(context, EVERYWHERE, "blue", "olga")
    assert kept is not None
    assert (kept.document, kept.name, kept.based_on) == (unfinished.document, NAME, None)
    assert await read_draft(context, EVERYWHERE, "blue", "sara") is None
    await keep_draft(context, EVERYWHERE, "blue", drawing(venue, make_layout()), "olga")
    assert [draft.hall for draft in await list_drafts(context, "olga")] == ["blue"]
    with pytest.raises(errors.OutOfReach):
        await read_draft(context, NOWHERE, "blue", "olga")
    # Saving is what a draft was for.
    await save_hall(context, EVERYWHERE, "blue", drawing(venue, make_layout()), "olga")
    assert await read_draft(context, EVERYWHERE, "blue", "olga") is None
    await drop_draft(context, "blue", "olga")


async def test_drafts_are_bounded(context: Context, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    venue = f"venue-of-{await factory.hall()}"
    monkeypatch.setattr("ticketing.programme.hall_drafts.DRAFTS_PER_PERSON_MAX", 2)
    wish = drawing(venue, make_layout())
    for hall in ("one", "two", "two"):
        await keep_draft(context, EVERYWHERE, hall, wish, "olga")
    with pytest.raises(errors.InvalidField):
        await keep_draft(context, EVERYWHERE, "three", wish, "olga")
    for refusal, changed in (
        (errors.InvalidField, msgspec.structs.replace(wish, based_on="0" * 32)),
        (errors.UnknownVenue, msgspec.structs.replace(wish, venue="nowhere")),
    ):
        with pytest.raises(refusal):
            await keep_draft(context, EVERYWHERE, "two", changed, "olga")


async def test_only_halls_within_reach_are_listed(context: Context, factory: Factory) -> None:
    halls = [await factory.hall() for _ in range(3)]
    assert {row.hall for row in await list_halls(context, EVERYWHERE)} == set(halls)
    mine = reach_of([Place(None, f"venue-of-{halls[1]}")])
    assert [row.hall for row in await list_halls(context, mine)] == [halls[1]]
    # A hall is shared by all festivals: who reaches one of them alone does not draw it.
    for elsewhere in (NOWHERE, reach_of([Place("week")]), reach_of([Place("week", f"venue-of-{halls[1]}")])):
        assert await list_halls(context, elsewhere) == []
    with pytest.raises(errors.OutOfReach):
        await read_hall(context, mine, halls[0])
