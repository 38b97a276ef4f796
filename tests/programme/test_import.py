"""The import on a real database: everything, nothing, and again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.programme.programme_folder import change, write_programme
from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused
from ticketing.programme.importing import ImportReport, TableCount, import_programme
from ticketing.programme.problems import ImportProblem

NOW = datetime(2024, 10, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_programme(tmp_path / "programme")


async def refused(context: Context, folder: Path) -> tuple[ImportProblem, ...]:
    """The problems of a programme; it must be refused and must leave nothing behind."""
    before = await context.postgres.fetchval("select count(*) from screening")
    with pytest.raises(ImportRefused) as refusal:
        await import_programme(context, folder, now=NOW)
    assert await context.postgres.fetchval("select count(*) from screening") == before
    problems: tuple[ImportProblem, ...] = refusal.value.data["problems"]
    assert refusal.value.data["count"] == len(problems)
    assert all(problem.file and problem.expected for problem in problems)
    return problems


async def the_problem(context: Context, folder: Path) -> ImportProblem:
    problems = await refused(context, folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


async def imported(context: Context, folder: Path) -> ImportReport:
    return await import_programme(context, folder, now=NOW)


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


@pytest.mark.parametrize(
    ("edit", "place", "expected"),
    [
        (("festival.toml", 'currency = "KZT"', 'currency = "KZZ"'), ("festival", "currency"), "a currency code"),
        (("festival.toml", "Asia/Almaty", "Asia/Almati"), ("festival", "timezone"), "Asia/Almaty"),
        (
            ("festival.toml", "ends_on = 2024-10-27", "ends_on = 2024-10-01"),
            ("festival", "ends_on"),
            "2024-10-21 or later",
        ),
        (("festival.toml", "hold_ttl_s", "hold_tll_s"), ("festival", "rules"), "hold_ttl_s perhaps"),
        (("festival.toml", "hold_ttl_s = 300", "hold_ttl_s = 86000"), ("festival", "rules"), "hold together"),
        (("festival.toml", 'kk = "Фр', 'kz = "Фр'), ("festival", "name"), "one of en, fr, kk, ru"),
        (("festival.toml", "organisers", "organizers"), ("festival", "organizers"), "organisers perhaps"),
        (("festival.toml", 'colour = "#1a7f5a"', 'colour = "green"'), ("zone", "colour"), "#c8102e"),
        (("festival.toml", 'family = "other"', 'family = "adult"'), ("tariff", "family"), "free, other"),
        (("festival.toml", "amount = 200000", "amount = 2000.5"), ("price", "amount"), "whole number"),
        (
            ("festival.toml", 'zone = "premium"\ntariff', 'zone = "premum"\ntariff'),
            ("price", "zone"),
            "premium perhaps",
        ),
        (
            ("films.toml", 'film = "le-bal"\naudio = "fr"', 'film = "le-ball"\naudio = "fr"'),
            ("version", "film"),
            "le-bal",
        ),
        (("films.toml", 'audio = "fr"', 'audio = "french"'), ("version", "audio"), "language code"),
        (("films.toml", "year = 1983", 'year = "soon"'), ("film", "year"), "1888 to 2200"),
        (
            ("screenings.toml", 'venue = "alatau"\nname = { en = "Hall', 'venue = "x"\nname = { en = "Hall'),
            ("hall", "venue"),
            "alatau",
        ),
        (("screenings.toml", "halls/one.txt", "../one.txt"), ("hall", "file"), "beneath"),
        (("screenings.toml", "halls/one.txt", "halls/none.txt"), ("hall", "file"), "there"),
        (("screenings.toml", 'screening = "tu-19"', 'screening = "mo-19"'), ("screening", "screening"), "row 1"),
        (("screenings.toml", "2024-10-22T21", "2024-10-22T20"), ("screening", "ends_at"), "112 minutes"),
        (("screenings.toml", "2024-10-22T21", "2024-10-22T18"), ("screening", "ends_at"), "after the start"),
        (
            ("screenings.toml", 'title = { en = "Co-production", fr = "Coproduction" }', ""),
            ("screening", "title"),
            "a title",
        ),
        (
            ("screenings.toml", 'hall = "alatau-foyer"\naud', 'hall = "alatau-2"\naud'),
            ("screening", "hall"),
            "alatau-1",
        ),
        (("screenings.toml", "2024-10-22T19", "2024-10-21T20"), ("screening", "starts_at"), "row 1"),
        (
            ("screenings.toml", 'screening = "mo-19"\nall', 'screening = "mo-18"\nall'),
            ("allotment", "screening"),
            "mo-19",
        ),
        (("screenings.toml", '"C-2"', '"C-22"'), ("allotment", "seats"), "C-2"),
        (
            ("screenings.toml", "release_minutes_before = 120", "release_at = 99"),
            ("allotment", "release_at"),
            "date and time",
        ),
    ],
)
async def test_a_mistake_is_named_with_its_place(
    context: Context, folder: Path, edit: tuple[str, str, str], place: tuple[str, str], expected: str
) -> None:
    file, old, new = edit
    change(folder, file, old, new)
    problems = await refused(context, folder)
    problem = problems[0]
    assert (problem.file, problem.table, problem.column) == (file, *place), problems
    assert expected in problem.expected
    assert problem.row is not None


async def test_a_version_of_another_film_is_refused(context: Context, folder: Path) -> None:
    films = (folder / "films.toml").read_text(encoding="utf-8")
    other = films.split("[[version]]")[0].replace("le-bal", "autre")
    (folder / "other.toml").write_text(other, encoding="utf-8")
    change(folder, "screenings.toml", 'film = "le-bal"', 'film = "autre"')
    problem = await the_problem(context, folder)
    assert (problem.table, problem.row, problem.column) == ("screening", 2, "version")


async def test_zones_without_a_price_or_a_name_are_told_once_a_hall(context: Context, folder: Path) -> None:
    change(folder, "festival.toml", 'zone = "premium"\ntariff = "full"', 'zone = "standard"\ntariff = "none"')
    change(folder, "halls/foyer.txt", "60", "60 @standing")
    problems = await refused(context, folder)
    assert sorted((problem.table, problem.column) for problem in problems) == [
        ("price", "tariff"),
        ("screening", "hall"),
        ("screening", "price_list"),
    ]


async def test_a_hundred_mistakes_come_together(context: Context, folder: Path) -> None:
    wrong = "".join(f'[[film]]\nfilm = "film-{number}"\nyear = "?"\n' for number in range(100))
    (folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    problems = await refused(context, folder)
    assert len(problems) == 600
    assert {problem.row for problem in problems} == set(range(1, 101))


async def test_an_unreadable_row_makes_no_second_problem(context: Context, folder: Path) -> None:
    change(folder, "films.toml", "running_minutes = 112", "running_minutes = 0")
    assert (await the_problem(context, folder)).column == "running_minutes"


async def test_a_time_that_the_clocks_skip_needs_an_offset(context: Context, folder: Path) -> None:
    change(folder, "screenings.toml", 'timezone = "Asia/Almaty"', 'timezone = "Europe/Paris"')
    change(folder, "screenings.toml", "2024-10-21T19:00:00", "2024-10-27T02:30:00")
    assert (await the_problem(context, folder)).column == "starts_at"
    change(folder, "screenings.toml", "2024-10-27T02:30:00", "2024-10-27T02:30:00+02:00")
    await imported(context, folder)
    ends_at = await context.postgres.fetchval("select ends_at from screening where screening_id like '%mo-19'")
    assert ends_at == datetime(2024, 10, 27, 2, 22, tzinfo=UTC)


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
