"""The import on a real database: everything, nothing, and again."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import Factory
from tests.programme.import_runs import NOW, imported, refused, the_problem
from tests.programme.programme_folder import change
from ticketing.kernel.context import Context
from ticketing.programme.importing import TableCount, import_programme


async def test_a_programme_is_stored_as_it_was_written(context: Context, folder: Path) -> None:
    report = await imported(context, folder)
    assert report.tables["screening"] == TableCount(added=3, changed=0, same=0)
    assert report.tables["allotment"] == TableCount(added=1, changed=0, same=0)
    row = await context.postgres.fetchrow("select * from screening where screening_id = 'premieres-2024-mo-19'")
    assert row is not None
    assert row["film_id"] == "le-bal"
    assert row["starts_at"] == datetime(2024, 10, 21, 14, 0, tzinfo=UTC)
    assert row["ends_at"] == datetime(2024, 10, 21, 15, 52, tzinfo=UTC)
    assert row["doors_at"] == datetime(2024, 10, 21, 13, 30, tzinfo=UTC)
    assert row["sales_close_at"] == row["starts_at"]
    assert row["currency"] == "KZT"
    assert await context.postgres.fetchval(
        "select release_at from allotment where allotment_id = 'embassy'"
    ) == datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
    assert await context.postgres.fetchval("select array_agg(seat order by seat) from allotment_seat") == [
        "C-1",
        "C-2",
    ]


async def test_again_changes_nothing(context: Context, folder: Path) -> None:
    first = await imported(context, folder)
    changed_at = await context.postgres.fetchval("select max(changed_at) from screening")
    second = await import_programme(context, folder, now=datetime(2024, 11, 1, tzinfo=UTC))
    assert second.tables.keys() == first.tables.keys()
    for table, count in second.tables.items():
        assert (count.added, count.changed) == (0, 0), table
        assert count.same == first.tables[table].added
    assert await context.postgres.fetchval("select max(changed_at) from screening") == changed_at


async def test_two_imports_at_once_are_one_after_the_other(context: Context, folder: Path) -> None:
    reports = await asyncio.gather(imported(context, folder), imported(context, folder))
    assert sorted(report.tables["film"].added for report in reports) == [0, 1]
    assert sorted(report.tables["film"].same for report in reports) == [0, 1]


async def test_a_change_is_counted_where_it_is(context: Context, folder: Path) -> None:
    await imported(context, folder)
    change(folder, "festival.toml", "amount = 200000", "amount = 250000")
    change(folder, "screenings.toml", '["C-1", "C-2"]', '["C-2", "C-3"]')
    change(folder, "films.toml", "running_minutes = 112", "running_minutes = 119")
    report = await imported(context, folder)
    assert report.tables["price"] == TableCount(added=0, changed=1, same=1)
    assert report.tables["allotment"] == TableCount(added=0, changed=1, same=0)
    assert report.tables["film"] == TableCount(added=0, changed=1, same=0)
    assert report.tables["screening"] == TableCount(added=0, changed=1, same=2)
    assert await context.postgres.fetchval("select array_agg(seat order by seat) from allotment_seat") == [
        "C-2",
        "C-3",
    ]


async def test_a_part_may_be_imported_alone(context: Context, folder: Path, tmp_path: Path) -> None:
    await imported(context, folder)
    part = tmp_path / "part"
    part.mkdir()
    (part / "more.toml").write_text(
        """
        [[screening]]
        festival = "premieres-2024"
        screening = "we-19"
        version = "le-bal-vost"
        hall = "alatau-1"
        starts_at = 2024-10-23T19:00:00
        [[allotment]]
        screening = "tu-19"
        allotment = "press"
        owner = "Press"
        seats = ["A-3"]
        """,
        encoding="utf-8",
    )
    report = await imported(context, part)
    assert report.tables["screening"] == TableCount(added=1, changed=0, same=0)
    assert await context.postgres.fetchval("select count(*) from screening") == 4


async def test_two_screenings_change_places(context: Context, folder: Path) -> None:
    await imported(context, folder)
    change(folder, "screenings.toml", "2024-10-21T19", "2024-10-20T19")
    change(folder, "screenings.toml", "2024-10-22T19", "2024-10-21T19")
    change(folder, "screenings.toml", "2024-10-22T21", "2024-10-21T21")
    change(folder, "screenings.toml", "2024-10-20T19", "2024-10-22T19")
    report = await imported(context, folder)
    assert report.tables["screening"] == TableCount(added=0, changed=2, same=1)
    assert await context.postgres.fetchval("select count(*) from screening where status = 'published'") == 3


async def sell(context: Context, screening: str, seat: str) -> None:
    await context.postgres.execute(
        """insert into orders (
            order_id, festival_id, status, buyer_email, buyer_name, locale, currency, total_amount,
            payment_provider, idempotency_key, request_fingerprint, placed_at
        )
        values (
            'ABCDEFGH', 'premieres-2024', 'confirmed', 'a@example.org', 'A', 'kk', 'KZT', 0, 'demo', 'k', '', $1
        )""",
        NOW,
    )
    await context.postgres.execute(
        """insert into ticket (
            ticket_id, order_id, screening_id, seat, zone, tariff, price_amount, currency, status
        )
        values ('ABCDEFGHJKMN', 'ABCDEFGH', $1, $2, 'standard', 'full', 0, 'KZT', 'sold')""",
        screening,
        seat,
    )


async def test_what_is_sold_stays_true(context: Context, folder: Path) -> None:
    await imported(context, folder)
    await sell(context, "premieres-2024-mo-19", "C-3")
    change(folder, "halls/one.txt", "C 1-4 _ 5-8", "C 1-8")
    change(folder, "screenings.toml", '["C-1", "C-2"]', '["C-1", "C-3"]')
    problems = await refused(context, folder)
    assert [(problem.table, problem.row, problem.column) for problem in problems] == [
        ("screening", 1, "hall"),
        ("allotment", 1, "seats"),
    ]


async def test_what_is_sold_stays_in_its_hall_though_another_is_built_alike(context: Context, folder: Path) -> None:
    foyer = '[[hall]]\nhall = "alatau-foyer"'
    twin = '[[hall]]\nhall = "twin"\nvenue = "alatau"\nname = { en = "Twin" }\nfile = "halls/one.txt"\n\n'
    change(folder, "screenings.toml", foyer, twin + foyer)
    await imported(context, folder)
    await sell(context, "premieres-2024-tu-19", "C-3")
    # Where nothing is sold, it may.
    start = 'hall = "alatau-1"\nstarts_at = 2024-10-2'
    change(folder, "screenings.toml", start + "1", start.replace("alatau-1", "twin") + "1")
    assert (await imported(context, folder)).tables["screening"].changed == 1
    change(folder, "screenings.toml", start + "2", start.replace("alatau-1", "twin") + "2")
    problem = await the_problem(context, folder)
    assert (problem.table, problem.column, problem.value) == ("screening", "hall", "twin")


@pytest.mark.parametrize("status", ["cancelled", "draft"])
async def test_what_is_sold_is_not_called_off_without_a_letter(context: Context, folder: Path, status: str) -> None:
    await imported(context, folder)
    for day in ("2024-10-21", "2024-10-22"):
        change(folder, "screenings.toml", f"starts_at = {day}", f'status = "{status}"\nstarts_at = {day}')
    await sell(context, "premieres-2024-mo-19", "C-3")
    problem = await the_problem(context, folder)
    assert (problem.key, problem.column, problem.value) == ("premieres-2024/mo-19", "status", status)
    assert await context.postgres.fetchval("select count(*) from screening where status = $1", status) == 0


async def test_what_is_cancelled_while_tickets_still_go_back_is_told_once(context: Context, folder: Path) -> None:
    await imported(context, folder)
    await sell(context, "premieres-2024-mo-19", "C-3")
    await context.postgres.execute("update screening set status = 'cancelled' where screening_id like '%mo-19'")
    await context.postgres.execute(
        "insert into screening_cancellation (screening_id, way, reason, cancelled_at, cancelled_by)"
        " values ('premieres-2024-mo-19', 'refund', '{}', $1, 'olga')",
        NOW,
    )
    assert (await the_problem(context, folder)).expected == "cancelled, which can't be undone"


async def test_a_rebuilt_hall_gives_unsold_screenings_their_new_map(context: Context, folder: Path) -> None:
    await imported(context, folder)
    change(folder, "halls/one.txt", "C 1-4 _ 5-8", "C 1-8")
    report = await imported(context, folder)
    assert report.tables["screening"].changed == 2
    assert await context.postgres.fetchval("select count(*) from layout") == 3


async def test_a_released_allotment_stays_released(context: Context, folder: Path) -> None:
    await imported(context, folder)
    await context.postgres.execute("update allotment set released_at = $1", NOW)
    change(folder, "screenings.toml", '["C-1", "C-2"]', '["C-4"]')
    assert (await imported(context, folder)).tables["allotment"].same == 1


async def test_a_voucher_keeps_its_uses(context: Context, folder: Path) -> None:
    await imported(context, folder)
    await context.postgres.execute("update voucher set uses = 7")
    assert (await imported(context, folder)).tables["voucher"].same == 1
    change(folder, "festival.toml", "uses_max = 50", "uses_max = 5")
    problem = await the_problem(context, folder)
    assert "voucher_not_used_up" in problem.expected


async def test_a_draft_in_a_hall_that_another_festival_has_is_a_warning(context: Context, folder: Path) -> None:
    change(folder, "screenings.toml", "2024-10-21T19:00:00", '2024-10-21T19:00:00\nstatus = "draft"')
    await imported(context, folder)
    start = datetime(2024, 10, 21, 15, 0, tzinfo=UTC)
    sales = {"sales_open_at": start - timedelta(days=1)}
    theirs = await Factory(context).screening(hall="alatau-1", starts_at=start, **sales)
    (warning,) = (await imported(context, folder)).warnings
    assert (warning.code, warning.key) == ("overlaps", "premieres-2024-mo-19")
    assert f"by {theirs}" in str(warning.text)


async def test_what_the_law_asks_is_a_warning(context: Context, folder: Path) -> None:
    change(folder, "films.toml", '["ru", "kk"]', '["ru"]')
    change(folder, "films.toml", 'certificate_number = "KZ-1"', "")
    change(folder, "screenings.toml", "2024-10-21T19", "2024-10-21T21")
    change(folder, "halls/one.txt", "A 1w 2c", "A 1 2")
    report = await imported(context, folder)
    assert [(warning.code, warning.key) for warning in report.warnings] == [
        ("few_wheelchair_places", "alatau-1"),
        ("no_kazakh", "premieres-2024-mo-19"),
        ("no_certificate", "le-bal"),
        ("ends_late", "premieres-2024-mo-19"),
    ]
