"""What a form of the programme brings beside its fields: a hall's seat map, a poster, a logo."""

import asyncio
from typing import Final

from litestar.datastructures import UploadFile

from ticketing.kernel.errors import EntryRefused
from ticketing.programme.desk.model import EntryTable
from ticketing.programme.desk.rows import FILE
from ticketing.programme.desk.writing import NOTHING_BROUGHT, Brought
from ticketing.programme.halls import HALL_BYTES_MAX, parse_hall
from ticketing.programme.importing_pictures import PictureFile
from ticketing.programme.pictures import PICTURE_BYTES_MAX, PictureKind, PictureUnfit, make_picture
from ticketing.programme.problems import Problems
from ticketing.staff.guards import StaffRequest

PICTURES: Final[dict[EntryTable, PictureKind]] = {"film": "poster", "festival": "logo"}
FIELD: Final = "file"


async def brought_by(request: StaffRequest, table: EntryTable, key: str) -> Brought:
    """What came with the form; reading it takes a thread, as it may take a while.

    Raises:
        EntryRefused: it is no such file, told at the field ``file``.
    """
    sent = next((one for one in (await request.form()).getall(FIELD, []) if isinstance(one, UploadFile)), None)
    if sent is None or not sent.filename:
        return NOTHING_BROUGHT
    problems = Problems()
    if table == "hall":
        content = await sent.read(HALL_BYTES_MAX)
        layout = await asyncio.to_thread(parse_hall, content, FIELD, problems)
        if problems.count or layout is None:
            raise problems.refusal(EntryRefused)
        return Brought(layout=layout)
    if table in PICTURES:
        content = await sent.read(PICTURE_BYTES_MAX + 1)
        try:
            made = await asyncio.to_thread(make_picture, content, PICTURES[table])
        except PictureUnfit as unfit:
            problems.add(FILE, unfit.expected, table=table, column=FIELD)
            raise problems.refusal(EntryRefused) from unfit
        return Brought(pictures=(PictureFile(FIELD, PICTURES[table], table, key, made),))
    return NOTHING_BROUGHT
