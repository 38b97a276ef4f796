"""What a form of the programme brings beside its fields: a hall's seat map, a poster, a logo."""

import asyncio
from typing import Final

from ticketing.kernel.errors import EntryRefused
from ticketing.programme.desk.model import EntryTable
from ticketing.programme.desk.rows import FILE
from ticketing.programme.desk.writing import NOTHING_BROUGHT, Brought
from ticketing.programme.halls import HALL_BYTES_MAX, parse_hall
from ticketing.programme.importing_pictures import PictureFile
from ticketing.programme.pictures import PICTURE_BYTES_MAX, PictureKind, PictureUnfit, make_picture
from ticketing.programme.problems import Problems
from ticketing.web.pages.forms import Form

PICTURES: Final[dict[EntryTable, PictureKind]] = {"film": "poster", "festival": "logo"}
FIELD: Final = "file"


async def brought_by(form: Form, table: EntryTable, key: str) -> Brought:
    """What came with the form; reading it takes a thread, as it may take a while.

    Raises:
        EntryRefused: it is no such file, told at the field ``file``.
        InvalidField: it is empty, or too large.
    """
    if not form.has_file(FIELD):
        return NOTHING_BROUGHT
    problems = Problems()
    if table == "hall":
        _, content = await form.file(FIELD, HALL_BYTES_MAX)
        layout = await asyncio.to_thread(parse_hall, content, FIELD, problems)
        if problems.count or layout is None:
            raise problems.refusal(EntryRefused)
        return Brought(layout=layout)
    if table in PICTURES:
        _, content = await form.file(FIELD, PICTURE_BYTES_MAX)
        try:
            made = await asyncio.to_thread(make_picture, content, PICTURES[table])
        except PictureUnfit as unfit:
            problems.add(FILE, unfit.expected, table=table, column=FIELD)
            raise problems.refusal(EntryRefused) from unfit
        return Brought(pictures=(PictureFile(FIELD, PICTURES[table], table, key, made),))
    return NOTHING_BROUGHT
