"""The desk's halls: which there are, one hall with its files and screenings, and the way to draw a new one."""

import asyncio
import re
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import in_language
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.hall_book import (
    HALL_BYTES_MAX,
    HallDrawing,
    check_hall_id,
    list_halls,
    list_screenings_of_hall,
    list_venues,
    read_file,
    read_hall,
    save_hall,
)
from ticketing.programme.hall_drafts import keep_draft, list_drafts, read_draft
from ticketing.programme.halls.writing import HallFormat, write_hall
from ticketing.programme.layout import Layout, SeatKind, wheelchair_places_required
from ticketing.programme.layout_differences import LayoutDifferences
from ticketing.programme.problems import ImportProblem
from ticketing.programme.shared_cache import SharedCache
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.hall_rows import SHAPES, ZoneLook
from ticketing.web.pages.hall_thumbnail import COLOURS, draw_thumbnail
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

ORGANISER = [requires(Role.ORGANISER)]
HALLS: Final = "/{language:str}/desk/halls"
HALL: Final = HALLS + "/{hall:str}"
FORMATS: Final[tuple[tuple[HallFormat, str, str], ...]] = (
    ("own", N_("Our own format"), N_("Carries everything: for a copy, or to draw on elsewhere")),
    ("text", N_("Text rows"), N_("To read, and to change by hand")),
    ("pretix", N_("Seating plan of pretix"), N_("For pretix and its editor")),
    ("vista", N_("Seat layout of Vista"), N_("For houses that sell with Vista")),
)
PROBLEMS_SHOWN_MAX: Final = 50
NAMES: Final = ("kk", "ru", "fr", "en")
EMPTY_DRAWING: Final = {"format": "ticketing-hall/1", "width": 2000, "height": 2000, "sections": []}


class FormatLine(msgspec.Struct, frozen=True):
    """A format on the page of a hall: what it loses, and why it can't be had at all."""

    form: str
    name: str
    hint: str
    lost: LayoutDifferences | None
    refused: bool


@get(HALLS, guards=ORGANISER, include_in_schema=False)
async def show_halls(
    request: StaffRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
) -> Response[Any]:
    """The halls within reach as small pictures, and one's drafts."""
    require_language(language)
    return await _list_page(request, context, catalogue, language)


@post(HALLS, guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_hall(
    request: StaffRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
) -> Response[Any]:
    """Begin a new hall: an empty draft, and on to the editor. A hall that is there already is opened."""
    require_language(language)
    form = await read_form(request)
    hall = form.text("hall", 63)
    try:
        check_hall_id(hall)
        try:
            await read_hall(context, request.user.reach, hall)
        except errors.UnknownHall:
            if await read_draft(context, request.user.reach, hall, request.user.login) is None:
                name = {code: form.text(f"name_{code}", 200) for code in NAMES if form.text(f"name_{code}", 200)}
                drawing = HallDrawing(form.text("venue", 63), name, dict(EMPTY_DRAWING))
                await keep_draft(context, request.user.reach, hall, drawing, request.user.login)
    except TicketingError as error:
        return await _list_page(request, context, catalogue, language, refused=error, typed=form)
    return see_other(f"/{language}/desk/halls/{hall}/editor")


@get(HALL, guards=ORGANISER, include_in_schema=False)
async def show_hall(
    request: StaffRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    hall: FromPath[str],
) -> Response[Any]:
    """One hall: its drawing, its files, and the screenings that go by it or by an older drawing."""
    require_language(language)
    return await hall_page(request, context, catalogue, language, hall)


@post(HALL, guards=ORGANISER, include_in_schema=False, status_code=200, request_max_body_size=HALL_BYTES_MAX)
async def post_file(
    request: StaffRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    hall: FromPath[str],
) -> Response[Any]:
    """Give the hall the layout of a file: the way without scripts."""
    require_language(language)
    form = await read_form(request)
    known = await read_hall(context, request.user.reach, hall)
    try:
        name, content = await form.file("file", HALL_BYTES_MAX)
        document = await asyncio.to_thread(read_file, content, name)
        drawing = HallDrawing(known.venue, known.name, document, form.text("based_on", 32) or None)
        await save_hall(context, request.user.reach, hall, drawing, request.user.login)
    except TicketingError as error:
        return await hall_page(request, context, catalogue, language, hall, refused=error)
    return await hall_page(request, context, catalogue, language, hall, told=N_("The hall has a new layout."))


@get(HALL + "/editor", guards=ORGANISER, include_in_schema=False)
async def show_editor(
    request: StaffRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    hall: FromPath[str],
) -> Response[Any]:
    """The editor: of a hall, or of a draft of one that is to be."""
    require_language(language)
    draft = await read_draft(context, request.user.reach, hall, request.user.login)
    try:
        known = await read_hall(context, request.user.reach, hall)
    except errors.UnknownHall:
        if draft is None:
            raise
        known = None
    venue, name = (known.venue, known.name) if known else (draft.venue, draft.name) if draft else ("", {})
    return page(
        request,
        "hall_editor.html",
        language,
        festival=None,
        cart_count=0,
        hall=hall,
        known=known,
        venue=venue,
        name=name,
        draft=draft,
    )


async def hall_page(
    request: StaffRequest,
    context: Context,
    catalogue: Catalogue,
    language: str,
    hall: str,
    *,
    told: str = "",
    refused: TicketingError | None = None,
) -> Response[Any]:
    """The page of one hall, with what came of an act on it."""
    known = await read_hall(context, request.user.reach, hall)
    layout = await catalogue.layout(known.layout)
    zones = tuple(
        ZoneLook(zone, zone, COLOURS[place % len(COLOURS)], place % SHAPES, "")
        for place, zone in enumerate(layout.zones())
    )
    drawing = draw_hall(known.layout, Kept(layout), language, zones)
    wheelchairs = sum(seat.kind is SeatKind.WHEELCHAIR for seat in layout.seats)
    screenings = await list_screenings_of_hall(context, hall)
    refusal = refusal_of(refused, language) if refused else None
    problems = refused.data.get("problems", ()) if refused else ()
    return page(
        request,
        "hall_page.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        compress=True,
        hall=known,
        layout=layout,
        zones=zones,
        zone_counts={zone.zone: layout.zone_of.count(zone.zone) for zone in zones},
        drawing=drawing,
        picture=drawing.draw([0] * len(drawing.labels)),
        wheelchairs=wheelchairs,
        wheelchairs_required=wheelchair_places_required(layout.capacity),
        formats=await _lines_of.get(known.layout, lambda: asyncio.to_thread(_format_lines, layout)),
        screenings=screenings,
        told=told,
        refusal=refusal,
        problems=[
            (_place(one, language), in_language(one.told, language)) for one in problems[:PROBLEMS_SHOWN_MAX]
        ],
    )


def _place(problem: ImportProblem, language: str) -> str:
    row = "" if problem.row is None else str(problem.row)
    return ", ".join(filter(None, (problem.table, row, problem.key, in_language(problem.column, language))))


LINES_KEPT_MAX: Final = 200
# Found by writing and reading each file, once a process and layout.
_lines_of: SharedCache[str, tuple[FormatLine, ...]] = SharedCache(LINES_KEPT_MAX, None)


def _format_lines(layout: Layout) -> tuple[FormatLine, ...]:
    return tuple(_format_line(layout, form, name, hint) for form, name, hint in FORMATS)


def _format_line(layout: Layout, form: HallFormat, name: str, hint: str) -> FormatLine:
    try:
        return FormatLine(form, name, hint, write_hall(layout, form, "hall").lost, False)
    except errors.FormatTooNarrow:
        return FormatLine(form, name, hint, None, True)


async def _list_page(
    request: StaffRequest,
    context: Context,
    catalogue: Catalogue,
    language: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    halls = await list_halls(context, request.user.reach)
    stamps = {row.hall: draw_thumbnail(row.layout, Kept(await catalogue.layout(row.layout))) for row in halls}
    refusal = refusal_of(refused, language) if refused else None
    known = {row.hall for row in halls}
    fields = ("hall", "venue", *(f"name_{code}" for code in NAMES))
    return page(
        request,
        "halls.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        compress=True,
        halls=halls,
        stamps=stamps,
        venues=await list_venues(context, request.user.reach),
        drafts=await list_drafts(context, request.user.login),
        known=known,
        refusal=refusal,
        typed={name: _shown(typed.raw(name, HALL_BYTES_MAX)) if typed else "" for name in fields},
    )


def _shown(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "", text)[:200]


routes = [show_halls, post_hall, show_hall, post_file, show_editor]
