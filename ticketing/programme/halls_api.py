"""Halls over JSON: listed, read as a file in four formats, saved with a new layout, drafted."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.programme.hall_book import (
    DRAWING,
    HALL_BYTES_MAX,
    HallDrawing,
    HallRow,
    list_halls,
    read_file,
    read_hall,
    read_layout,
    save_hall,
)
from ticketing.programme.hall_drafts import DraftKept, HallDraft, drop_draft, keep_draft, read_draft
from ticketing.programme.halls.writing import ENDINGS, HallFormat, own_file, write_hall
from ticketing.programme.layout import Layout
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
PLACE = "/api/v1/halls/{hall:str}"
MEDIA_TYPES = {"text": "text/plain; charset=utf-8"}


class HallDocument(msgspec.Struct, frozen=True):
    """A hall that was read: in our own format."""

    document: dict[str, Any]


class HallList(msgspec.Struct, frozen=True):
    """The halls within reach."""

    halls: tuple[HallRow, ...]


@get(
    "/api/v1/halls",
    summary="The halls within reach",
    tags=["halls"],
    guards=ORGANISER,
    responses=problems(*STAFF),
)
async def get_halls(request: StaffRequest, context: NamedDependency[Context]) -> HallList:
    return HallList(tuple(await list_halls(context, request.user.reach)))


@get(
    PLACE,
    summary="One hall, and which layout it has",
    tags=["halls"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownHall),
)
async def get_hall(request: StaffRequest, context: NamedDependency[Context], hall: FromPath[str]) -> HallRow:
    return await read_hall(context, request.user.reach, hall)


@get(
    PLACE + "/file",
    summary="The hall as a file",
    description="In our own JSON, as text rows, as a seating plan of pretix or as a seat layout of Vista. Formats "
    "other than our own lose something; the page of the hall says what.",
    tags=["halls"],
    guards=ORGANISER,
    responses={
        200: ResponseSpec(bytes, description="The file.", media_type="application/json", generate_examples=False),
        **problems(*STAFF, errors.UnknownHall, errors.FormatTooNarrow),
    },
)
async def get_file(
    request: StaffRequest,
    context: NamedDependency[Context],
    hall: FromPath[str],
    form: Annotated[HallFormat, QueryParameter(name="format", description="The format of the file.")] = "own",
) -> Response[bytes]:
    known = await read_hall(context, request.user.reach, hall)
    layout = await read_layout(context, known.layout)
    content = await asyncio.to_thread(_write, layout, form, known.name.get("en", hall))
    return Response(
        content,
        media_type=MEDIA_TYPES.get(form, "application/json"),
        headers={
            "content-disposition": f'attachment; filename="{hall}.{ENDINGS[form]}"',
            "cache-control": "private, no-store",
        },
    )


def _write(layout: Layout, form: HallFormat, name: str) -> bytes:
    return own_file(layout) if form == "own" else write_hall(layout, form, name).content


@put(
    PLACE,
    summary="Save a hall with a new layout, or make it",
    description="The document is checked as an import checks it: all problems are told with their paths, and "
    "nothing is saved. A layout is named by its hash: sent again, it is as it was. Screenings keep their layout.",
    tags=["halls"],
    guards=ORGANISER,
    request_max_body_size=HALL_BYTES_MAX,
    responses=problems(
        *STAFF,
        errors.UnknownHall,
        errors.UnknownVenue,
        errors.HallRefused,
        errors.HallElsewhere,
        errors.HallSavedMeanwhile,
    ),
)
async def put_hall(
    request: StaffRequest,
    context: NamedDependency[Context],
    hall: FromPath[str],
    data: JSONBody[HallDrawing],
) -> HallRow:
    return await save_hall(context, request.user.reach, hall, data, request.user.login)


@get(
    PLACE + "/draft",
    summary="One's own draft of a hall",
    tags=["halls"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownHall),
)
async def get_draft(request: StaffRequest, context: NamedDependency[Context], hall: FromPath[str]) -> HallDraft:
    draft = await read_draft(context, request.user.reach, hall, request.user.login)
    if draft is None:
        raise errors.UnknownHall(hall=hall)
    return draft


@put(
    PLACE + "/draft",
    summary="Keep one's own draft of a hall",
    description="Whatever it is: it need not be a hall yet.",
    tags=["halls"],
    guards=ORGANISER,
    request_max_body_size=HALL_BYTES_MAX,
    responses=problems(*STAFF, errors.UnknownVenue, errors.HallElsewhere),
)
async def put_draft(
    request: StaffRequest,
    context: NamedDependency[Context],
    hall: FromPath[str],
    data: JSONBody[HallDrawing],
) -> DraftKept:
    return await keep_draft(context, request.user.reach, hall, data, request.user.login)


@delete(
    PLACE + "/draft",
    summary="Throw one's own draft of a hall away",
    tags=["halls"],
    guards=ORGANISER,
    responses=problems(*STAFF),
)
async def delete_draft(request: StaffRequest, context: NamedDependency[Context], hall: FromPath[str]) -> None:
    await drop_draft(context, hall, request.user.login)


@post(
    "/api/v1/hall-files",
    summary="Read a hall file in any format",
    description="The body is the file itself. The answer is the same hall in our own format; nothing is saved.",
    tags=["halls"],
    status_code=200,
    guards=ORGANISER,
    request_max_body_size=HALL_BYTES_MAX,
    responses=problems(*STAFF, errors.HallRefused),
)
async def post_file(request: StaffRequest) -> HallDocument:
    content = await request.body()
    return HallDocument(await asyncio.to_thread(read_file, content, DRAWING))


routes = [get_halls, get_hall, get_file, put_hall, get_draft, put_draft, delete_draft, post_file]
