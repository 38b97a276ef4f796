"""What an import refuses: each mistake named with its place, all of them together, nothing written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.programme.import_runs import NOW, imported, refused, the_problem
from tests.programme.programme_folder import change
from ticketing.kernel.context import Context


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
        (("screenings.toml", 'tariffs = ["full"]', 'tariffs = ["half"]'), ("allotment", "tariffs"), "full"),
        (
            ("screenings.toml", "points = 4750", "points = 10001"),
            ("rental", "rate_basis_points"),
            "0 to 100 percent",
        ),
        (("screenings.toml", "flat_amount = 5000000", ""), ("rental", "rate_basis_points"), "one of the two"),
        (
            ("screenings.toml", "points = 4750", 'points = 4750\nflat_currency = "EUR"'),
            ("rental", "flat_currency"),
            "no currency",
        ),
        (
            ("screenings.toml", 'screening = "mo-19"\ndist', 'screening = "mo-20"\ndist'),
            ("rental", "screening"),
            "mo-19",
        ),
        (
            ("screenings.toml", 'screening = "mo-19"\ndist', 'screening = "coproduction"\ndist'),
            ("rental", "screening"),
            "that shows le-bal",
        ),
        (
            ("screenings.toml", 'screening = "mo-19"\ndistributor = "Gaumont"', 'distributor = "Gaumont"'),
            ("rental", "distributor"),
            "once",
        ),
        (
            (
                "screenings.toml",
                'screening = "mo-19"\ndistributor = "Gaumont"\nflat_amount = 5000000',
                'distributor = "Another"\nrate_basis_points = 5251',
            ),
            ("rental", "rate_basis_points"),
            "they come to 100.01",
        ),
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


async def test_what_was_cancelled_at_the_desk_is_not_put_on_sale_again(context: Context, folder: Path) -> None:
    await imported(context, folder)
    found = await context.postgres.fetchval(
        "update screening set status = 'cancelled' where screening_id like '%mo-19' returning screening_id"
    )
    await context.postgres.execute(
        "insert into screening_cancellation (screening_id, way, reason, cancelled_at, cancelled_by)"
        " values ($1, 'refund', '{}', $2, 'olga')",
        found,
        NOW,
    )
    problem = await the_problem(context, folder)
    assert (problem.table, problem.row, problem.column) == ("screening", 1, "status")
    assert problem.expected == "cancelled, which can't be undone"
    change(
        folder,
        "screenings.toml",
        'screening = "mo-19"\n',
        'screening = "mo-19"\nstatus = "cancelled"\n',
    )
    await imported(context, folder)
    assert (
        await context.postgres.fetchval("select status from screening where screening_id = $1", found)
        == "cancelled"
    )


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


async def test_a_seat_map_keeps_what_is_kept_back_or_offered(context: Context, folder: Path) -> None:
    await imported(context, folder)
    allotment = (folder / "screenings.toml").read_text(encoding="utf-8").split("[[allotment]]")[1]
    change(folder, "screenings.toml", "[[allotment]]" + allotment, "")
    change(folder, "halls/one.txt", "C 1-4", "C 2-4")
    async with context.postgres.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("insert into waiting_offer_seat values ('premieres-2024-tu-19', 'C-1', 1)")
    problems = await refused(context, folder)
    assert {(problem.table, problem.column, problem.value, problem.row) for problem in problems} == {
        ("screening", "hall", "alatau-1", 1),
        ("screening", "hall", "alatau-1", 2),
    }
    assert [problem.expected.partition("C-1, ")[2] for problem in problems] == [
        "as it is kept back",
        "as it is offered to somebody who waits",
    ]
    # Said anew without the seat, the allotment is in nobody's way.
    await context.postgres.execute("delete from waiting_offer_seat")
    with (folder / "screenings.toml").open("a", encoding="utf-8") as file:
        file.write("[[allotment]]" + allotment.replace('"C-1", ', ""))
    assert (await imported(context, folder)).tables["allotment"].changed == 1
    assert await context.postgres.fetchval("select array_agg(seat) from allotment_seat") == ["C-2"]
