"""The programme as a workbook: out and back changes nothing, and what would change is known beforehand."""

import asyncio
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.programme.import_runs import imported
from ticketing.demo.refresh import refresh_demo
from ticketing.kernel.clock import SystemClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused, OutOfReach, PreviewOutdated, UnknownUpload
from ticketing.programme.desk.writing import Writer
from ticketing.programme.exporting import export_programme
from ticketing.programme.exporting_sheets import write_programme_workbook
from ticketing.programme.workbooks import import_workbook, keep_workbook, preview_workbook, read_workbook_kept
from ticketing.sales.screenings.moving import telling_of_imports
from ticketing.staff.reach import EVERYWHERE, Place, reach_of

OLGA = Writer("olga", EVERYWHERE)
# Nobody has tickets or is invited in these.
TELLING = telling_of_imports(SystemClock(), confirmed=False)
EVERYTHING = "select jsonb_agg(to_jsonb(e) order by entry_table, entry_key) from programme_entry as e"


async def written(context: Context, festival: str) -> bytes:
    return write_programme_workbook(await export_programme(context, festival))


def edited(body: bytes, *edits: tuple[str, str, Any]) -> bytes:
    """The workbook with these cells (sheet, cell, value) filled in."""
    workbook = openpyxl.load_workbook(io.BytesIO(body))
    for sheet, cell, value in edits:
        workbook[sheet][cell] = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cell_of(body: bytes, sheet: str, column: str, row: int = 2) -> str:
    """The address of a cell by the name of its column."""
    heads = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(body))[sheet][1]]
    return f"{openpyxl.utils.get_column_letter(heads.index(column) + 1)}{row}"


async def test_the_demos_programme_goes_out_and_back_unchanged(context: Context) -> None:
    await refresh_demo(context)
    festivals = [row[0] for row in await context.postgres.fetch("select festival_id from festival")]
    assert len(festivals) > 1
    before = await context.postgres.fetchval(EVERYTHING)
    for festival in festivals:
        body = await written(context, festival)
        preview = await preview_workbook(context, OLGA, body, TELLING)
        assert preview.idle, preview.changes
        assert preview.tables["screening"].same > 5
        # Opened and saved by a spreadsheet, it still says the same.
        assert (await import_workbook(context, OLGA, edited(body), preview.fingerprint, TELLING)).idle
    assert await context.postgres.fetchval(EVERYTHING) == before


async def test_a_look_leaves_no_trace_and_tells_each_field(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    before = await context.postgres.fetchval(EVERYTHING)
    body = await written(context, festival)
    body = edited(body, ("film", cell_of(body, "film", "title.en"), "Another name"), ("voucher", "C2", 55))
    assert (
        openpyxl.load_workbook(io.BytesIO(body))["screening"][cell_of(body, "screening", "accredited_places")].value
        == 2
    )
    preview = await preview_workbook(context, OLGA, body, TELLING)
    (change,) = preview.changes
    assert (change.table, change.kind) == ("film", "changed")
    (field,) = change.fields
    assert field.after["en"] == "Another name"
    assert preview.tables["film"].changed == 1
    assert await context.postgres.fetchval(EVERYTHING) == before
    assert await context.postgres.fetchval("select count(*) from audit") == 0

    done = await import_workbook(context, OLGA, body, preview.fingerprint, TELLING)
    assert not done.idle
    assert (await import_workbook(context, OLGA, body, preview.fingerprint, TELLING)).idle
    assert await context.postgres.fetchval("select count(*) from audit where act = 'programme_imported'") == 1


async def test_what_was_not_shown_is_not_imported(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    body = await written(context, festival)
    body = edited(body, ("film", cell_of(body, "film", "title.en"), "Another name"))
    shown = await preview_workbook(context, OLGA, body, TELLING)
    await context.postgres.execute("update tariff set position = position + 7")
    with pytest.raises(PreviewOutdated):
        await import_workbook(context, OLGA, body, shown.fingerprint, TELLING)
    assert not await context.postgres.fetchval("select count(*) from film where title ->> 'en' = 'Another name'")


async def test_two_imports_at_once_are_one_after_the_other(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    body = await written(context, festival)
    body = edited(body, ("film", cell_of(body, "film", "year"), 1999))
    done = await asyncio.gather(*(import_workbook(context, OLGA, body, None, TELLING) for _ in range(3)))
    assert sorted(one.idle for one in done) == [False, True, True]


async def test_of_another_festival_nothing_is_changed(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    body = await written(context, festival)
    body = edited(body, ("festival", cell_of(body, "festival", "name.en"), "Taken over"))
    stranger = Writer("sara", reach_of([Place("another")]))
    with pytest.raises(OutOfReach):
        await preview_workbook(context, stranger, body, TELLING)
    with pytest.raises(OutOfReach):
        await import_workbook(context, stranger, body, None, TELLING)
    assert not await context.postgres.fetchval("select count(*) from festival where name ->> 'en' = 'Taken over'")


async def test_what_lies_beside_the_programme_is_not_another_s_either(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    body = await written(context, festival)
    stranger = Writer("sara", reach_of([Place("another")]))
    # As it stands it changes nothing, so nobody is asked.
    assert (await preview_workbook(context, stranger, body, TELLING)).idle
    drawn = openpyxl.load_workbook(io.BytesIO(body))
    hall = drawn["hall"]["A2"].value
    sheet = drawn.create_sheet(f"hall {hall}")
    for row in openpyxl.load_workbook(io.BytesIO(body))["zone"].iter_rows(min_row=2, max_row=2, values_only=True):
        sheet.append([f"zone: {row[1]}"])
    sheet.append(["Z", 1, 2, 3])
    redrawn = io.BytesIO()
    drawn.save(redrawn)
    voucher = edited(body, ("voucher", cell_of(body, "voucher", "percent"), 100))
    owner = edited(body, ("allotment", cell_of(body, "allotment", "owner"), "Somebody else"))
    kept = "select (select jsonb_agg(to_jsonb(v)) from voucher v), (select jsonb_agg(to_jsonb(a)) from allotment a)"
    before = await context.postgres.fetchrow(kept)
    for wrong in (voucher, owner):
        with pytest.raises(OutOfReach):
            await import_workbook(context, stranger, wrong, None, TELLING)
        assert not (await preview_workbook(context, OLGA, wrong, TELLING)).idle
    with pytest.raises((OutOfReach, ImportRefused)):
        await import_workbook(context, stranger, redrawn.getvalue(), None, TELLING)
    only_hall = edited(redrawn.getvalue())
    slim = openpyxl.load_workbook(io.BytesIO(only_hall))
    for name in [name for name in slim.sheetnames if name not in ("hall", f"hall {hall}")]:
        del slim[name]
    buffer = io.BytesIO()
    slim.save(buffer)
    with pytest.raises(OutOfReach):
        await import_workbook(context, stranger, buffer.getvalue(), None, TELLING)
    assert not (await preview_workbook(context, OLGA, buffer.getvalue(), TELLING)).idle
    assert await context.postgres.fetchrow(kept) == before


async def test_ten_thousand_rows_with_three_hundred_mistakes(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    workbook = openpyxl.load_workbook(io.BytesIO(await written(context, festival)))
    sheet = workbook["film"]
    heads = [cell.value for cell in sheet[1]]
    for number in range(10_000):
        film = {
            "film": f"film-{number}",
            "original_title": f"Film {number}",
            "title.fr": "Titre",
            "directors": "Somebody",
            "year": 2024 if number % 33 else 1024,
            "running_minutes": 90,
            "age_category": "12+",
        }
        sheet.append([film.get(head) for head in heads])
    buffer = io.BytesIO()
    workbook.save(buffer)
    with pytest.raises(ImportRefused) as refusal:
        await import_workbook(context, OLGA, buffer.getvalue(), None, TELLING)
    assert refusal.value.data["count"] == 304
    assert {(one.table, one.column, one.value) for one in refusal.value.data["problems"]} == {
        ("film", "year", "1024")
    }
    assert not await context.postgres.fetchval("select count(*) from film where film_id like 'film-%'")


async def test_what_was_sold_stays_and_what_is_cancelled_too(context: Context, folder: Path) -> None:
    await imported(context, folder)
    festival = await context.postgres.fetchval("select festival_id from festival")
    await context.postgres.execute(
        "update screening set starts_at = starts_at + interval '10 years', "
        "ends_at = ends_at + interval '10 years', doors_at = doors_at + interval '10 years', "
        "sales_close_at = sales_close_at + interval '10 years'"
    )
    cancelled = await context.postgres.fetchval(
        "update screening set status = 'cancelled' where screening_id = "
        "(select screening_id from screening order by starts_at, screening_id limit 1) returning screening_id"
    )
    body = await written(context, festival)
    assert (await preview_workbook(context, OLGA, body, TELLING)).idle
    back = edited(body, ("screening", cell_of(body, "screening", "status"), "published"))
    with pytest.raises(ImportRefused) as refusal:
        await import_workbook(context, OLGA, back, None, TELLING)
    assert [one.key for one in refusal.value.data["problems"]] == [cancelled]
    gone = edited(body, ("screening", cell_of(body, "screening", "status", 3), "cancelled"))
    with pytest.raises(ImportRefused):
        await import_workbook(context, OLGA, gone, None, TELLING)


@pytest.mark.parametrize("body", [b"PK", b"\x00" * 100, b"not a workbook"])
async def test_what_is_no_workbook_is_refused(context: Context, body: bytes) -> None:
    with pytest.raises(ImportRefused):
        await preview_workbook(context, OLGA, body, TELLING)


async def test_an_upload_is_its_owners_and_not_for_long(context: Context, clock: Any) -> None:
    upload = await keep_workbook(context, b"one", "olga")
    assert await keep_workbook(context, b"one", "olga") == upload
    assert await read_workbook_kept(context, upload, "olga") == b"one"
    with pytest.raises(UnknownUpload):
        await read_workbook_kept(context, upload, "sara")
    for number in range(6):
        await keep_workbook(context, b"another %d" % number, "olga")
    with pytest.raises(UnknownUpload):
        await read_workbook_kept(context, upload, "olga")
    assert await context.postgres.fetchval("select count(*) from programme_upload") == 5
