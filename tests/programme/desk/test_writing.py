"""Entries through the desk: made, changed, sent twice, changed by two at once, refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import Factory
from tests.programme.desk.entries import (
    FESTIVAL,
    FILM,
    HELSINKI_ONLY,
    NEXT_WEEK,
    ORGANISER,
    VENUE,
    furnish,
    screening_of,
    seat_map,
    write,
)
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.programme.desk.model import EntryTable, changed_fields
from ticketing.programme.desk.reading import read_entry, read_page
from ticketing.programme.desk.removing import remove_entry
from ticketing.staff.reach import Place, reach_of


async def audited(context: Context) -> list[tuple[str, str]]:
    rows = await context.postgres.fetch("select act, subject from audit order by audit_id")
    return [(row["act"], row["subject"]) for row in rows]


async def test_from_an_empty_database_to_a_screening(context: Context) -> None:
    made = await furnish(context)
    written = await write(context, "screening", screening_of(made))
    fields = written.entry.fields
    assert written.entry.key == f"french-premieres-le-regne-animal-{NEXT_WEEK}t19-00"
    # Almaty is five hours ahead; what was left open follows the rules of the import.
    assert fields["starts_at"] == f"{NEXT_WEEK}T14:00:00+00:00"
    assert fields["ends_at"] == f"{NEXT_WEEK}T16:08:00+00:00"
    assert fields["doors_at"] == f"{NEXT_WEEK}T13:30:00+00:00"
    assert len(await audited(context)) == len(made) + 1


async def test_the_same_again_changes_nothing(context: Context) -> None:
    made = await furnish(context)
    first = await write(context, "screening", screening_of(made))
    acts = await audited(context)
    again = await write(context, "screening", screening_of(made))
    assert (again.entry, again.changed) == (first.entry, ())
    changed = await write(context, "film", FILM | {"film": made["film"].key, "year": 2024}, made["film"])
    assert changed.changed == ("year",)
    repeated = await write(context, "film", FILM | {"film": made["film"].key, "year": 2024}, made["film"])
    assert (repeated.entry, repeated.changed) == (changed.entry, ())
    told = await context.postgres.fetchval("select detail from audit where act = 'programme_changed'")
    assert told == {"table": "film", "year": {"before": 2023, "after": 2024}}
    assert len(await audited(context)) == len(acts) + 1


async def test_of_two_who_change_the_same_the_second_is_told(context: Context) -> None:
    made = await furnish(context)
    screening = (await write(context, "screening", screening_of(made))).entry
    mine = screening.fields | {"doors_at": f"{NEXT_WEEK}T18:15"}
    theirs = screening.fields | {"audience": "invitation"}
    outcomes = await asyncio.gather(
        write(context, "screening", mine, screening),
        write(context, "screening", theirs, screening),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.ChangedMeanwhile)
    now = await read_entry(context, "screening", screening.key)
    assert refused[0].data["version"] == now.version != screening.version
    assert len(changed_fields(screening.fields, now.fields)) == 1
    # Made from what stands now, the second's own change goes in beside the first's.
    both = now.fields | {"doors_at": f"{NEXT_WEEK}T18:15", "audience": "invitation"}
    await write(context, "screening", both, now)
    stands = (await read_entry(context, "screening", screening.key)).fields
    assert (stands["audience"], stands["doors_at"]) == ("invitation", f"{NEXT_WEEK}T13:15:00+00:00")


WRONG: list[tuple[EntryTable, dict[str, Any], str]] = [
    ("festival", {"name": {}}, "name"),
    ("festival", {"ends_on": "2020-01-01"}, "ends_on"),
    ("festival", {"currency": "XXX1"}, "currency"),
    ("festival", {"timezone": "Mars"}, "timezone"),
    ("festival", {"rules": {"hold_ttl_s": 0}}, "rules"),
    ("festival", {"rules": {"hold_ttl_s": 1800, "hold_cap_s": 60}}, "rules"),
    ("festival", {"starts_on": "soon"}, "starts_on"),
    ("festival", {"colours": {"primary": "red"}}, "colours"),
    ("film", {"year": "last"}, "year"),
    ("film", {"running_minutes": 0}, "running_minutes"),
    ("film", {"age_category": "17+"}, "age_category"),
    ("film", {"title": {"de": "Tierreich"}}, "title"),
    ("version", {"film": "nowhere"}, "film"),
    ("version", {"audio": "klingon"}, "audio"),
    ("venue", {"country": "Kazakhstan"}, "country"),
    ("hall", {"venue": "nowhere"}, "venue"),
    ("zone", {"colour": "blue"}, "colour"),
    ("tariff", {"family": "friends"}, "family"),
    ("price_list", {"amounts": {}}, "amounts"),
    ("price_list", {"amounts": {"stalls:full-price": -1}}, "amount"),
    ("price_list", {"amounts": {"balcony:full-price": 1}}, "zone"),
    ("rental", {"rate_basis_points": 10_001}, "rate_basis_points"),
    ("rental", {"flat_amount": 1}, "rate_basis_points"),
    ("rental", {"flat_currency": "EUR"}, "flat_currency"),
    ("rental", {"film": "nowhere"}, "film"),
    ("rental", {"screening": "nowhere"}, "screening"),
    ("screening", {"hall": "nowhere"}, "hall"),
    ("screening", {"version": ""}, "version"),
    ("screening", {"starts_at": ""}, "starts_at"),
    ("screening", {"starts_at": "2020-01-01T19:00"}, "starts_at"),
    ("screening", {"ends_at": f"{NEXT_WEEK}T18:00"}, "ends_at"),
    ("screening", {"doors_at": f"{NEXT_WEEK}T23:00"}, "doors_at"),
    ("screening", {"sales_open_at": f"{NEXT_WEEK}T20:00"}, "sales_open_at"),
    ("screening", {"price_list": "nowhere"}, "price_list"),
    ("screening", {"status": "cancelled"}, "status"),
    ("screening", {"kind": "meeting", "version": "", "film": "", "title": {}}, "title"),
]


async def test_what_can_t_be_is_told_by_field_and_changes_nothing(context: Context) -> None:
    made = await furnish(context)
    made["screening"] = (await write(context, "screening", screening_of(made))).entry
    acts = await audited(context)
    for table, wrong, column in WRONG:
        with pytest.raises(errors.EntryRefused) as refusal:
            await write(context, table, made[table].fields | wrong, made[table])
        columns = {problem.column for problem in refusal.value.data["problems"]}
        assert column in columns, (table, wrong, columns)
        assert await read_entry(context, table, made[table].key) == made[table]
    assert await audited(context) == acts


async def test_a_hall_is_taken_once_and_the_refusal_names_who_has_it(context: Context) -> None:
    made = await furnish(context)
    first = (await write(context, "screening", screening_of(made))).entry
    with pytest.raises(errors.EntryRefused) as refusal:
        await write(context, "screening", screening_of(made, at="20:00"))
    (problem,) = refusal.value.data["problems"]
    assert (problem.column, first.key in problem.expected) == ("starts_at", True)
    await write(context, "screening", screening_of(made, at="20:00", status="draft"))


async def test_what_was_sold_stays_true(context: Context, factory: Factory) -> None:
    made = await furnish(context)
    screening = (await write(context, "screening", screening_of(made))).entry
    await factory.order(screening.key, "A-1", tariff="full-price")
    other = {"venue": made["venue"].key, "name": {"en": "Small hall"}}
    hall = (await write(context, "hall", other, brought=seat_map(rows=3))).entry
    for table, wrong, column in (
        ("festival", {"currency": "EUR"}, "currency"),
        ("tariff", {"family": "free"}, "family"),
        ("venue", {"timezone": "Europe/Paris"}, "timezone"),
        ("screening", {"hall": hall.key}, "hall"),
        ("screening", {"status": "draft"}, "status"),
    ):
        entry = screening if table == "screening" else made[table]
        with pytest.raises(errors.EntryRefused) as refusal:
            await write(context, table, entry.fields | wrong, entry)
        assert refusal.value.data["problems"][0].column == column, table


async def test_what_is_over_is_neither_moved_nor_announced(context: Context, clock: ShiftedClock) -> None:
    """Its film week may be closed, and is declared by its start."""
    made = await furnish(context)
    shown = (await write(context, "screening", screening_of(made))).entry
    draft = (await write(context, "screening", screening_of(made, at="21:30", status="draft"))).entry
    clock.ahead += timedelta(days=9)
    later = (context.clock.now() + timedelta(days=7)).date().isoformat()
    for entry, wrong in ((shown, {"starts_at": f"{later}T19:00", "ends_at": ""}), (draft, {"status": "published"})):
        with pytest.raises(errors.EntryRefused) as refusal:
            await write(context, "screening", entry.fields | wrong, entry)
        (problem,) = refusal.value.data["problems"]
        assert problem.column == "starts_at"
        assert await read_entry(context, "screening", entry.key) == entry
    # Nothing else is in the way: what people read of it can still be put right.
    await write(context, "screening", shown.fields | {"title": {"en": "With the director"}}, shown)


async def test_a_tariff_that_was_sold_is_left_out_of_the_prices_and_not_deleted(
    context: Context, factory: Factory
) -> None:
    made = await furnish(context)
    screening = (await write(context, "screening", screening_of(made))).entry
    await factory.order(screening.key, "A-1", tariff="full-price")
    festival = made["festival"].key
    student = {"festival": festival, "name": {"en": "Student"}, "family": "school"}
    await write(context, "tariff", student)
    prices = made["price_list"].fields | {"amounts": {"stalls:student": 200_000}}
    await write(context, "price_list", prices, made["price_list"])
    key = made["tariff"].key
    with pytest.raises(errors.EntryInUse) as refusal:
        await remove_entry(context, ORGANISER, "tariff", key)
    assert refusal.value.data["uses"] == {"tickets": 1}
    assert (await read_entry(context, "tariff", key)).fields == made["tariff"].fields


async def test_a_new_seat_map_leaves_screenings_on_theirs(context: Context) -> None:
    made = await furnish(context)
    screening = (await write(context, "screening", screening_of(made))).entry
    pinned = await context.postgres.fetchval("select layout_id from screening")
    await write(context, "hall", made["hall"].fields, made["hall"], brought=seat_map(rows=3))
    await write(context, "screening", screening.fields | {"audience": "accredited"}, screening)
    assert await context.postgres.fetchval("select layout_id from screening") == pinned
    assert await context.postgres.fetchval("select layout_id from hall") != pinned


async def test_another_festival_is_out_of_reach(context: Context) -> None:
    made = await furnish(context)
    screening = (await write(context, "screening", screening_of(made))).entry
    attempts: list[tuple[EntryTable, dict[str, Any], Any]] = [
        ("festival", FESTIVAL | {"festival": "third"}, None),
        ("screening", screening_of(made, at="23:00"), None),
        # Shared, and shown by a festival that is not theirs.
        ("film", FILM | {"film": made["film"].key, "year": 2020}, made["film"]),
        ("venue", VENUE | {"venue": made["venue"].key, "country": "FR"}, made["venue"]),
        *(
            (table, made[table].fields, made[table])
            for table in ("festival", "zone", "tariff", "price_list", "rental")
        ),
        ("screening", screening.fields, screening),
    ]
    for table, fields, made_from in attempts:
        with pytest.raises(errors.OutOfReach):
            await write(context, table, fields, made_from, writer=HELSINKI_ONLY)
    await write(context, "film", FILM | {"original_title": "Jaguar"}, writer=HELSINKI_ONLY)


async def test_a_long_list_is_read_to_its_end_by_whoever_may_see_a_part_of_it(
    context: Context, factory: Factory
) -> None:
    """Those of others lie between: a page has fewer then, and the next still comes."""
    mine, other = await factory.festival(), await factory.festival()
    expected = []
    for number in range(9):
        screening = await factory.screening(festival=other if number % 3 else mine)
        expected += [] if number % 3 else [screening]
    reach, found, cursor, pages = reach_of([Place(mine)]), [], None, 0
    while pages == 0 or cursor is not None:
        page = await read_page(context, reach, "screening", None, limit=2, cursor=cursor)
        found += [entry.key for entry in page.entries]
        cursor, pages = page.next, pages + 1
    assert (found, pages) == (sorted(expected), 5)
