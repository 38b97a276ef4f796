"""Whom gates let in and the house would have refused: for a supervisor, who goes and looks who sits there."""

import uuid
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from ticketing.door.conflicts import (
    NOTE_SIGNS_MAX,
    OUTCOMES,
    ConflictShown,
    Settlement,
    Status,
    list_conflicts,
    reopen_conflict,
    settle_conflict,
)
from ticketing.door.desk import Door
from ticketing.door.model import SCREENING_PATTERN
from ticketing.kernel.errors import N_, InvalidField, TicketingError, UnknownConflict, UnknownScreening
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.door_view import LOOKS, TITLES
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

CONFLICTS_A_PAGE: Final = 50
CURSOR_SIGNS_MAX: Final = 200
SUPERVISOR = [requires(Role.SUPERVISOR)]
OUTCOME_PROBLEM: Final = N_("Choose what came of it")

OneScreening = Annotated[str | None, QueryParameter(pattern=SCREENING_PATTERN)]


class Listed(msgspec.Struct, frozen=True):
    """A conflict as it is shown: its seat in words, its screening and that of the gate, where these are there."""

    conflict: ConflictShown
    screening: Screening | None
    at_gate: Screening | None
    seat: str


@get("/{language:str}/door/conflicts", guards=SUPERVISOR, include_in_schema=False)
async def show_conflicts(
    request: StaffRequest,
    door: NamedDependency[Door],
    language: FromPath[str],
    *,
    screening: OneScreening = None,
    status: Annotated[Status, QueryParameter()] = "open",
    cursor: Annotated[str | None, QueryParameter(max_length=CURSOR_SIGNS_MAX)] = None,
) -> Response[str]:
    """Both gates with their times, the latest first: those that are open, or those that are settled."""
    require_language(language)
    return await _page(request, door, language, screening, status=status, cursor=cursor)


@post(
    "/{language:str}/door/conflicts/settlement",
    guards=SUPERVISOR,
    include_in_schema=False,
    status_code=200,
)
async def post_settlement(
    request: StaffRequest,
    door: NamedDependency[Door],
    language: FromPath[str],
    screening: OneScreening = None,
) -> Response[str]:
    """Say what came of a conflict; the page then offers to take that back."""
    require_language(language)
    try:
        form = await read_form(request)
        # As typed, but for spaces and line ends, which another browser may send.
        wish = {"outcome": form.text("outcome"), "note": " ".join(form.text("note", NOTE_SIGNS_MAX).split())}
        done = await settle_conflict(door, _scan(form), _read(wish), request.user)
    except TicketingError as error:
        return await _page(request, door, language, screening, refused=error)
    return await _page(request, door, language, screening, done=done)


@post(
    "/{language:str}/door/conflicts/reopening",
    guards=SUPERVISOR,
    include_in_schema=False,
    status_code=200,
)
async def post_reopening(
    request: StaffRequest,
    door: NamedDependency[Door],
    language: FromPath[str],
    screening: OneScreening = None,
) -> Response[str]:
    """Open a conflict again, and look at those that are open."""
    require_language(language)
    try:
        await reopen_conflict(door, _scan(await read_form(request)), request.user)
    except TicketingError as error:
        return await _page(request, door, language, screening, refused=error)
    return await _page(request, door, language, screening)


def _scan(form: Form) -> uuid.UUID:
    try:
        return uuid.UUID(form.text("scan"))
    except ValueError:
        raise UnknownConflict from None


def _read(wish: dict[str, str]) -> Settlement:
    try:
        return msgspec.convert(wish, Settlement)
    except msgspec.ValidationError:
        raise InvalidField(field="outcome", problem=OUTCOME_PROBLEM) from None


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    screening: str | None,
    *,
    status: Status = "open",
    cursor: str | None = None,
    done: ConflictShown | None = None,
    refused: TicketingError | None = None,
) -> Response[Any]:
    listed = await list_conflicts(door, screening, request.user.reach, CONFLICTS_A_PAGE, cursor, status=status)
    refusal = None
    if refused:
        there = await _screening(door, refused.data.get("screening"))
        refusal = refusal_of(refused, language, there.timezone if there else None)
    return page(
        request,
        "door_conflicts.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        conflicts=[await _listed(door, one, language) for one in listed.conflicts],
        open_count=listed.open,
        following=listed.next,
        screening=screening,
        narrowed=f"?{urlencode({'screening': screening})}" if screening else "",
        status=status,
        done=await _listed(door, done, language) if done else None,
        refusal=refusal,
        note_signs_max=NOTE_SIGNS_MAX,
        outcomes={outcome: translate(words, language) for outcome, words in OUTCOMES.items()},
        verdicts={verdict: translate(words, language) for verdict, (_, words) in LOOKS.items()},
        titles={reason: translate(words, language) for reason, words in TITLES.items()},
        utc=ZoneInfo("UTC"),
    )


async def _listed(door: Door, conflict: ConflictShown, language: str) -> Listed:
    screening = await _screening(door, conflict.screening)
    at_gate = await _screening(door, conflict.gate_screening)
    if screening is None or conflict.seat is None:
        return Listed(conflict, screening, at_gate, conflict.seat or "")
    layout = await door.catalogue.layout(screening.layout_id)
    sections = {section.section: section.name.get(language, section.section) for section in layout.sections}
    return Listed(conflict, screening, at_gate, place_text(conflict.seat, sections, {}, language))


async def _screening(door: Door, screening_id: str | None) -> Screening | None:
    """None for one that is not there (any more): a gate may name whatever it likes."""
    try:
        return await door.catalogue.screening(screening_id) if screening_id else None
    except UnknownScreening:
        return None


routes = [show_conflicts, post_settlement, post_reopening]
