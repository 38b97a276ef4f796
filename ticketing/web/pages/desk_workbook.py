"""The programme as a workbook: handed out and handed in; what it would change is shown before it does."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, ImportRefused, TicketingError, UnknownUpload
from ticketing.kernel.i18n import in_language
from ticketing.programme.desk.model import Entry
from ticketing.programme.desk.reading import list_entries
from ticketing.programme.desk.writing import Writer
from ticketing.programme.differences import EntryChange, FieldChange
from ticketing.programme.exporting import MOMENTS, on_the_clock
from ticketing.programme.moves import ToldMove
from ticketing.programme.problems import ImportProblem
from ticketing.programme.workbooks import (
    WORKBOOK_BYTES_MAX,
    Preview,
    import_workbook,
    keep_workbook,
    preview_workbook,
    read_workbook_kept,
)
from ticketing.sales.screenings.moving import telling_of_imports
from ticketing.sales.screenings.workbooks_api import workbook_response
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import reaches
from ticketing.web.pages.desk_choices import entry_name
from ticketing.web.pages.desk_programme import LIST_NAMES
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

ORGANISER: Final = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/programme/workbook"
CHANGES_SHOWN_MAX: Final = 300
VALUE_SIGNS_MAX: Final = 160
TABLE_NAMES: Final = {str(table): name for table, name in LIST_NAMES.items()} | {
    "price": N_("Prices"),
    "allotment": N_("Seats kept back"),
    "voucher": N_("Vouchers"),
}


class MoveShown(msgspec.Struct, frozen=True):
    """A screening of which people are told, with its times on the venue's clock."""

    key: str
    before: str
    after: str
    tickets: int
    guests: int


class ChangeShown(msgspec.Struct, frozen=True):
    """A change in words: (field, before, after) each."""

    table: str
    key: str
    kind: str
    fields: list[tuple[str, str, str]]


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_workbook(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """Where to get the workbook and where to bring it; with ``upload``, what that would change."""
    require_language(language)
    asked = request.query_params.get("upload", "")
    if not asked:
        return await _page(request, context, language, done=request.query_params.get("done", ""))
    try:
        upload = _upload(asked)
        body = await read_workbook_kept(context, upload, request.user.login)
        telling = telling_of_imports(context.clock, confirmed=True)
        preview = await preview_workbook(context, _writer(request), body, telling)
    except TicketingError as error:
        return await _page(request, context, language, refused=error)
    return await _page(request, context, language, preview=preview, upload=upload)


@get(PLACE + "/{festival:str}", guards=ORGANISER, include_in_schema=False)
async def get_workbook(
    context: NamedDependency[Context], language: FromPath[str], festival: FromPath[str]
) -> Response[bytes]:
    """The workbook of a festival."""
    require_language(language)
    return await workbook_response(context, festival)


@post(
    PLACE,
    guards=ORGANISER,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=WORKBOOK_BYTES_MAX + 10_000,
)
async def post_workbook(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """Take a workbook, keep it, and show what it would change."""
    require_language(language)
    form = await read_form(request)
    try:
        _, body = await form.file("workbook", WORKBOOK_BYTES_MAX)
        upload = await keep_workbook(context, body, request.user.login)
    except TicketingError as error:
        return await _page(request, context, language, refused=error)
    return see_other(f"/{language}/desk/programme/workbook?upload={upload}")


@post(PLACE + "/import", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_import(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """Import what was shown. Where something else would change by now, that is shown instead."""
    require_language(language)
    form = await read_form(request)
    upload: uuid.UUID | None = None
    try:
        upload = _upload(form.text("upload", 36))
        body = await read_workbook_kept(context, upload, request.user.login)
        telling = telling_of_imports(context.clock, confirmed=bool(form.text("tell_buyers")))
        await import_workbook(context, _writer(request), body, form.text("fingerprint", 24), telling)
    except TicketingError as error:
        return await _page(request, context, language, refused=error, again=upload)
    return see_other(f"/{language}/desk/programme/workbook?done=imported")


def _writer(request: StaffRequest) -> Writer:
    return Writer(request.user.login, request.user.reach)


def _upload(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise UnknownUpload from None


async def _page(
    request: StaffRequest,
    context: Context,
    language: str,
    *,
    refused: TicketingError | None = None,
    preview: Preview | None = None,
    upload: uuid.UUID | None = None,
    again: uuid.UUID | None = None,
    done: str = "",
) -> Response[Any]:
    refusal = refusal_of(refused, language) if refused else None
    wrong: tuple[ImportProblem, ...] = refused.data["problems"] if isinstance(refused, ImportRefused) else ()
    festivals: list[Entry] = await list_entries(context, "festival")
    changes = preview.changes if preview else []
    moves = preview.moves if preview else ()
    zones = {change.key: change.timezone for change in changes if change.timezone is not None}
    return page(
        request,
        "desk_workbook.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        festivals=[
            (one.key, entry_name(one, language))
            for one in festivals
            if reaches(request.user.reach, festival=one.key)
        ],
        refusal=refusal,
        wrong=[(one, in_language(one.value, language), in_language(one.expected, language)) for one in wrong],
        wrong_count=refused.data["count"] if isinstance(refused, ImportRefused) else 0,
        preview=preview,
        heeded=[(one.key, in_language(one.text, language)) for one in preview.warnings] if preview else [],
        changes=[_shown(change) for change in changes[:CHANGES_SHOWN_MAX]],
        more=max(0, len(changes) - CHANGES_SHOWN_MAX),
        moves=[_move_shown(move, zones[move.screening]) for move in moves[:CHANGES_SHOWN_MAX]],
        more_moves=max(0, len(moves) - CHANGES_SHOWN_MAX),
        upload=upload,
        again=again,
        done=done == "imported",
        table_names=TABLE_NAMES,
    )


def _shown(change: EntryChange) -> ChangeShown:
    fields = [line for one in change.fields for line in _lines(one, change.timezone)]
    return ChangeShown(change.table, change.key, change.kind, fields if change.kind == "changed" else [])


def _move_shown(move: ToldMove, zone: str) -> MoveShown:
    before, after = (on_the_clock(moment.isoformat(), zone) for moment in (move.was, move.starts_at))
    return MoveShown(move.screening, _text(before), _text(after), move.tickets, move.guests)


def _lines(field: FieldChange, zone: str | None) -> Iterator[tuple[str, str, str]]:
    """A line for each part that differs: a text by language, a price, a rule."""
    before, after = field.before, field.after
    if isinstance(before, dict) or isinstance(after, dict):
        was, said = before or {}, after or {}
        for part in dict.fromkeys((*was, *said)):
            if was.get(part) != said.get(part):
                yield f"{field.field}.{part}", _text(was.get(part)), _text(said.get(part))
        return
    if zone is not None and field.field in MOMENTS:
        before, after = on_the_clock(before, zone), on_the_clock(after, zone)
    yield field.field, _text(before), _text(after)


def _text(value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= VALUE_SIGNS_MAX else text[: VALUE_SIGNS_MAX - 1] + "…"


routes = [show_workbook, get_workbook, post_workbook, post_import]
