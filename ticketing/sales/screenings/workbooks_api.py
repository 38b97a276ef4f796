"""The programme as a workbook, over JSON: handed out, looked through, imported.

It stands here and not with the programme because moving a sold screening writes to its buyers.
"""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.programme.desk.writing import Writer
from ticketing.programme.differences import EntryChange
from ticketing.programme.exporting import export_programme
from ticketing.programme.exporting_sheets import write_programme_workbook
from ticketing.programme.importing import TableCount
from ticketing.programme.importing_whole import ProgrammeWarning
from ticketing.programme.moves import ToldMove
from ticketing.programme.workbooks import WORKBOOK_BYTES_MAX, WORKBOOK_THREADS, import_workbook, preview_workbook
from ticketing.sales.screenings.moving import telling_of_imports
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

ORGANISER = [requires(Role.ORGANISER)]
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# In base64 four signs are three bytes.
BODY_BYTES_MAX = WORKBOOK_BYTES_MAX * 4 // 3 + 1_000


class WorkbookImport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A workbook in base64. Without ``apply`` nothing is kept of it; with a ``fingerprint`` only what it names is
    imported. ``tell_buyers`` lets screenings be moved for which tickets are sold or people invited.
    """

    workbook: Annotated[bytes, Meta(min_length=1, max_length=WORKBOOK_BYTES_MAX)]
    apply: bool = False
    fingerprint: Annotated[str, Meta(pattern=r"^[0-9a-f]{24}$")] | None = None
    tell_buyers: bool = False


class WorkbookOutcome(msgspec.Struct, frozen=True):
    """What an import changed, or (not ``applied``) would change. ``moves`` are screenings that begin at another
    time of which somebody is told by mail: for how many tickets, and how many guests who have none.
    """

    applied: bool
    fingerprint: str
    tables: dict[str, TableCount]
    changes: list[EntryChange]
    warnings: tuple[ProgrammeWarning, ...]
    moves: tuple[ToldMove, ...]


@get(
    "/api/v1/festivals/{festival:str}/programme.xlsx",
    guards=ORGANISER,
    summary="The programme of a festival as a workbook",
    description="Imported again, it changes nothing. Halls come without their seat maps, which stay as they are.",
    tags=["programme desk"],
    responses={
        200: ResponseSpec(bytes, description="A workbook.", media_type=MEDIA_TYPE, generate_examples=False),
        **problems(errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownFestival),
    },
)
async def get_programme_workbook(context: NamedDependency[Context], festival: FromPath[str]) -> Response[bytes]:
    return await workbook_response(context, festival)


@post(
    "/api/v1/programme/imports",
    guards=ORGANISER,
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    summary="Look through a workbook, or import it",
    description="All of it or nothing, by the rules of the desk. Sent again, it changes nothing.",
    tags=["programme desk"],
    responses=problems(
        errors.Unauthenticated,
        errors.Forbidden,
        errors.OutOfReach,
        errors.ImportRefused,
        errors.PreviewOutdated,
        errors.MovesUnconfirmed,
    ),
)
async def post_programme_import(
    request: StaffRequest, data: JSONBody[WorkbookImport], context: NamedDependency[Context]
) -> WorkbookOutcome:
    writer = Writer(request.user.login, request.user.reach)
    if data.apply:
        telling = telling_of_imports(context.clock, confirmed=data.tell_buyers)
        done = await import_workbook(context, writer, data.workbook, data.fingerprint, telling)
    else:
        telling = telling_of_imports(context.clock, confirmed=True)
        done = await preview_workbook(context, writer, data.workbook, telling)
    return WorkbookOutcome(data.apply, done.fingerprint, done.tables, done.changes, done.warnings, done.moves)


async def workbook_response(context: Context, festival: str) -> Response[bytes]:
    """The workbook as a file of the festival's name; written in a thread.

    Raises:
        UnknownFestival, TooMany, DatabaseUnavailable
    """
    tables = await export_programme(context, festival)
    body = await WORKBOOK_THREADS.run(write_programme_workbook, tables)
    return Response(
        body,
        media_type=MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="{festival}.xlsx"', "cache-control": "no-store"},
    )


routes = [get_programme_workbook, post_programme_import]
