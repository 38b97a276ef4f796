"""One entry of the programme as a form: made, changed, deleted, and never written over somebody else's change."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, ChangedMeanwhile, Missing, TicketingError
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.desk.model import ENTRY_TABLES, Entry, EntryTable, Fields, version_of
from ticketing.programme.desk.reach import require_reading
from ticketing.programme.desk.reading import read_entry
from ticketing.programme.desk.removing import remove_entry
from ticketing.programme.desk.writing import Writer, write_entry
from ticketing.sales.desk import Sales
from ticketing.sales.screenings.cancelling import close_at_once
from ticketing.sales.screenings.moving import telling_of_moves
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.desk_brought import brought_by
from ticketing.web.pages.desk_entry_page import Shown, entry_page, zone_of
from ticketing.web.pages.desk_fields import FIELDS
from ticketing.web.pages.desk_form import fields_of, inputs_of, texts_of
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import see_other

ORGANISER: Final = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/programme"
UPLOAD_BYTES_MAX: Final = 16_500_000
"""A seat map or a scanned poster, and the form around it."""
WAS_SIGNS_MAX: Final = 200_000
TEXT_SIGNS_MAX: Final = 6_000
PRESET: Final = ("festival", "film", "venue", "hall", "version", "starts_at")
"""What a link to a new entry may fill in."""


def table_of(name: str) -> EntryTable:
    """The table that a path names.

    Raises:
        Missing: there is none of that name.
    """
    for table in ENTRY_TABLES:
        if table == name:
            return table
    raise Missing


@get(PLACE + "/new/{table:str}", guards=ORGANISER, include_in_schema=False)
async def show_new_entry(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], table: FromPath[str]
) -> Response[Any]:
    """An empty form."""
    require_language(language)
    asked = table_of(table)
    preset = {name: text for name in PRESET if (text := request.query_params.get(name, "")[:63])}
    fields = _usual(asked) | {name: text for name, text in preset.items() if name != asked}
    texts = texts_of(asked, fields, None)
    return await entry_page(request, sales, language, Shown(asked, texts=texts, preset=fields))


@post(
    PLACE + "/new/{table:str}",
    guards=ORGANISER,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=UPLOAD_BYTES_MAX,
)
async def post_new_entry(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], table: FromPath[str]
) -> Response[Any]:
    """Make an entry, and go to where it stands."""
    require_language(language)
    asked = table_of(table)
    form = await read_form(request)
    texts = _typed(asked, form)
    zone = await zone_of(sales.context, texts.get("hall", ""))
    try:
        brought = await brought_by(form, asked, texts.get(asked, ""))
        written = await write_entry(
            sales.context,
            _writer(request),
            asked,
            fields_of(asked, texts, {}, zone),
            made_from=None,
            brought=brought,
        )
    except TicketingError as error:
        return await entry_page(request, sales, language, Shown(asked, texts=texts, refused=error, preset=texts))
    _forget(sales.catalogue)
    return see_other(f"/{language}/desk/programme/{asked}/{written.entry.key}?told=added")


@get(PLACE + "/{table:str}/{key:str}", guards=ORGANISER, include_in_schema=False)
async def show_entry(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    table: FromPath[str],
    key: FromPath[str],
) -> Response[Any]:
    """An entry as it stands, to be changed."""
    require_language(language)
    entry = await _entry(request, sales, table, key)
    told = {"added": N_("Added."), "saved": N_("Saved.")}.get(request.query_params.get("told", ""), "")
    return await entry_page(request, sales, language, await _as_it_stands(sales, entry, told=told))


@post(
    PLACE + "/{table:str}/{key:str}",
    guards=ORGANISER,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=UPLOAD_BYTES_MAX,
)
async def post_entry(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    table: FromPath[str],
    key: FromPath[str],
) -> Response[Any]:
    """Change an entry. Where somebody else has done so meanwhile, both are shown and nothing is lost."""
    require_language(language)
    entry = await _entry(request, sales, table, key)
    form = await read_form(request)
    texts = _typed(entry.table, form)
    was = _was(form)
    zone = await zone_of(sales.context, str(was.get("hall") or ""))
    fields = fields_of(entry.table, texts, was, zone)
    try:
        brought = await brought_by(form, entry.table, key)
        written = await write_entry(
            sales.context,
            _writer(request),
            entry.table,
            fields,
            made_from=version_of(was),
            brought=brought,
            after_write=telling_of_moves(sales.context.clock, confirmed=bool(form.text("tell_buyers"))),
        )
    except ChangedMeanwhile as error:
        return await _both(request, sales, language, entry.table, key, was=was, texts=texts, error=error)
    except TicketingError as error:
        stands = await _entry(request, sales, table, key)
        shown = Shown(entry.table, stands, texts=texts, was=was, refused=error)
        return await entry_page(request, sales, language, shown)
    if entry.table == "screening":
        await close_at_once(sales, key)
    _forget(sales.catalogue)
    return see_other(f"/{language}/desk/programme/{entry.table}/{written.entry.key}?told=saved")


@post(PLACE + "/{table:str}/{key:str}/delete", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_deletion(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    table: FromPath[str],
    key: FromPath[str],
) -> Response[Any]:
    """Delete what nothing rests on."""
    require_language(language)
    asked = table_of(table)
    try:
        await remove_entry(sales.context, _writer(request), asked, key)
    except TicketingError as error:
        return await entry_refused(request, sales, language, asked, key, error)
    _forget(sales.catalogue)
    return see_other(f"/{language}/desk/programme/list/{asked}?told=deleted")


async def entry_refused(  # noqa: PLR0917 - what a page is of, and why
    request: StaffRequest, sales: Sales, language: str, table: EntryTable, key: str, error: TicketingError
) -> Response[Any]:
    """The entry as it stands, with why something could not be done with it."""
    shown = await _as_it_stands(sales, await _entry(request, sales, table, key))
    return await entry_page(request, sales, language, msgspec.structs.replace(shown, refused=error))


async def _both(
    request: StaffRequest,
    sales: Sales,
    language: str,
    table: EntryTable,
    key: str,
    *,
    was: Fields,
    texts: dict[str, str],
    error: ChangedMeanwhile,
) -> Response[Any]:
    """What was typed stays, what was not touched shows the other's words; the next save is made from that."""
    stands = await _entry(request, sales, table, key)
    zone = await zone_of(sales.context, str(stands.fields.get("hall") or ""))
    before, theirs = texts_of(table, was, zone), texts_of(table, stands.fields, zone)
    merged, changed = dict(texts), []
    for name in dict.fromkeys((*theirs, *texts)):
        old, new = before.get(name, ""), theirs.get(name, "")
        if old == new:
            continue
        mine = texts.get(name, "")
        if mine == old:
            merged[name] = new
        changed.append((name, new, mine if mine not in (old, new) else None))
    shown = Shown(table, stands, texts=merged, was=stands.fields, refused=error, theirs=tuple(changed))
    return await entry_page(request, sales, language, shown)


async def _entry(request: StaffRequest, sales: Sales, table: str, key: str) -> Entry:
    entry = await read_entry(sales.context, table_of(table), key)
    await require_reading(sales.context.postgres, request.user.reach, entry.table, entry.fields)
    return entry


async def _as_it_stands(sales: Sales, entry: Entry, told: str = "") -> Shown:
    zone = await zone_of(sales.context, str(entry.fields.get("hall") or ""))
    texts = texts_of(entry.table, entry.fields, zone)
    return Shown(entry.table, entry, texts=texts, was=entry.fields, told=told)


def _typed(table: EntryTable, form: Form) -> dict[str, str]:
    """The texts of the form's inputs. Those of a price list are named by its cells."""
    cells = tuple(name.removeprefix("amounts.") for name in form.names() if name.startswith("amounts."))
    texts = {}
    for field in FIELDS[table]:
        for name in inputs_of(field, cells):
            if field.kind == "languages":
                texts[name] = "; ".join(form.texts(name))
            else:
                texts[name] = form.text(name, TEXT_SIGNS_MAX)
    return texts


def _was(form: Form) -> Fields:
    """What the form was made from; nothing where that can't be read, and then nothing is overwritten."""
    try:
        return msgspec.json.decode(form.raw("was", WAS_SIGNS_MAX), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return {}


def _usual(table: EntryTable) -> Fields:
    """What most entries of a table say."""
    usual: dict[EntryTable, Fields] = {
        "festival": {"country": "KZ", "currency": "KZT", "timezone": "Asia/Almaty"},
        "venue": {"country": "KZ", "timezone": "Asia/Almaty"},
        "version": {"kind": "original", "audio": "fr"},
        "zone": {"colour": "#1a7f5a", "position": 0},
        "tariff": {"family": "other", "public": True, "position": 0},
        "price_list": {"price_list": "standard"},
        "screening": {"kind": "film", "status": "draft", "audience": "public", "price_list": "standard"},
    }
    return usual.get(table, {})


def _writer(request: StaffRequest) -> Writer:
    return Writer(request.user.login, request.user.reach)


def _forget(catalogue: Catalogue) -> None:
    """This process shows what it has just written; others follow within seconds."""
    catalogue.forget()


routes = [show_new_entry, post_new_entry, show_entry, post_entry, post_deletion]
