"""A sold screening moved by a workbook at the desk, or by a file of the command: whom that writes to."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.platform.test_command import run
from tests.programme.test_workbooks import OLGA, cell_of, edited, written
from tests.sales.invited import Hosts
from tests.sales.screenings.test_moving import read_letters
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.programme.desk.reading import read_entry
from ticketing.programme.desk.writing import Writer
from ticketing.programme.exporting import on_the_clock
from ticketing.programme.importing import ImportReport, import_programme
from ticketing.programme.workbooks import import_workbook, preview_workbook
from ticketing.sales.screenings.moving import telling_of_imports
from ticketing.staff.reach import Place, reach_of

EVERYBODY = {"aigerim@example.org", "dana@example.org"}


@pytest.fixture
async def hosts(context: Context) -> Hosts:
    """A screening for which two tickets are sold, and to which Dana is invited."""
    made = await Hosts.opened(context)
    await made.invite("Dana")
    await made.office.sell("B-1", "B-2")
    await context.postgres.execute("delete from job")
    return made


async def moved(hosts: Hosts, by: timedelta) -> bytes:
    """The workbook of the festival, in which the screening begins so much later."""
    screening = hosts.screening
    body = await written(hosts.sales.context, screening.festival)
    zone = str(screening.timezone)
    starts_at = screening.starts_at + by
    # Long enough for the film, which that of the factory is not.
    moments = {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "doors_at": screening.doors_at + by,
        "sales_close_at": screening.sales_close_at + by,
    }
    edits = (
        ("screening", cell_of(body, "screening", name), on_the_clock(moment.isoformat(), zone))
        for name, moment in moments.items()
    )
    return edited(body, *edits)


async def test_a_workbook_names_whom_it_writes_to_and_does_so_once(hosts: Hosts, clock: ShiftedClock) -> None:
    context, screening = hosts.sales.context, hosts.screening
    before = await read_entry(context, "screening", screening.screening_id)
    body = await moved(hosts, timedelta(hours=26))
    silently, knowingly = (telling_of_imports(clock, confirmed=confirmed) for confirmed in (False, True))
    shown = await preview_workbook(context, OLGA, body, knowingly)
    (move,) = shown.moves
    assert (move.screening, move.tickets, move.guests) == (screening.screening_id, 2, 1)
    assert (move.was, move.starts_at) == (screening.starts_at, screening.starts_at + timedelta(hours=26))
    with pytest.raises(errors.MovesUnconfirmed) as refused:
        await import_workbook(context, OLGA, body, shown.fingerprint, silently)
    assert refused.value.data == {"count": 1, "tickets": 2, "guests": 1, "moves": (move,)}
    # Whose it is not learns nothing of who comes.
    stranger = Writer("sara", reach_of([Place("another")]))
    with pytest.raises(errors.OutOfReach):
        await import_workbook(context, stranger, body, None, silently)
    assert await read_entry(context, "screening", screening.screening_id) == before
    assert await hosts.jobs() == []

    done = await import_workbook(context, OLGA, body, shown.fingerprint, knowingly)
    assert done.moves == (move,)
    again = await import_workbook(context, OLGA, body, shown.fingerprint, knowingly)
    assert (again.idle, again.moves) == (True, ())
    hosts.office.house.catalogue.forget()
    letters = await read_letters(hosts.office, clock)
    assert set(letters) == EVERYBODY
    for text in letters.values():
        assert f"{screening.starts_at.astimezone(screening.timezone):%H:%M}" in text
        assert f"{(screening.starts_at + timedelta(hours=26)).astimezone(screening.timezone):%H:%M}" in text
    # Brought back as it is now, it moves nothing and needs no word.
    assert (await import_workbook(context, OLGA, await moved(hosts, timedelta(hours=26)), None, silently)).idle
    assert await read_letters(hosts.office, clock) == {}


async def test_the_command_tells_the_same_people_and_only_knowingly(
    hosts: Hosts, clock: ShiftedClock, settings: Settings, tmp_path: Path
) -> None:
    context, screening = hosts.sales.context, hosts.screening
    path = tmp_path / "week.xlsx"

    async def take(by: timedelta, *, confirmed: bool) -> ImportReport:
        path.write_bytes(await moved(hosts, by))
        telling = telling_of_imports(clock, confirmed=confirmed)
        return await import_programme(context, path, now=clock.now(), after_import=telling)

    assert (await take(timedelta(0), confirmed=False)).told == ()
    path.write_bytes(await moved(hosts, timedelta(hours=2)))
    servers = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    command = partial(run, "import", str(path), TICKETING_DATA=str(tmp_path / "data"), **servers)
    refused = await asyncio.to_thread(command)
    assert refused.exit_code == 1
    assert f"{screening.starts_at + timedelta(hours=2):%Y-%m-%d %H:%M} UTC  2        1" in refused.output
    assert "With --tell-buyers" in refused.output
    assert await hosts.jobs() == []
    done = await asyncio.to_thread(command, "--tell-buyers")
    assert (done.exit_code, "Told by mail that it is moved" in done.output) == (0, True)
    # Moved once more before the letters leave, they say the last time; taken again, nobody is written to again.
    assert len((await take(timedelta(hours=3), confirmed=True)).told) == 1
    assert (await take(timedelta(hours=3), confirmed=False)).told == ()
    hosts.office.house.catalogue.forget()
    letters = await read_letters(hosts.office, clock)
    assert set(letters) == EVERYBODY
    for text in letters.values():
        assert f"{(screening.starts_at + timedelta(hours=3)).astimezone(screening.timezone):%H:%M}" in text
    # What is over is put right without a word: nobody can come any more.
    clock.ahead += timedelta(days=30)
    corrected = await take(timedelta(hours=4), confirmed=False)
    assert (len(corrected.moves), corrected.told) == (1, ())
    assert await hosts.jobs() == []
