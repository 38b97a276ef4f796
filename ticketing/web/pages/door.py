"""The door: a code typed or read by a hand-held scanner, and a verdict that nobody can misread."""

import uuid
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.answers import admit
from ticketing.door.api import Mark, Venue, unless_known
from ticketing.door.desk import Door
from ticketing.door.evening import Evening, take_evening
from ticketing.door.model import CODE_SIGNS_MAX, GATE_SIGNS_MAX, ScanRequest
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, ProgrammeFilters
from ticketing.programme.model import Screening
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import Reach, reaches
from ticketing.web.pages.door_app import door_page
from ticketing.web.pages.door_view import Verdict, verdict_of, version_words
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import Refusal, refusal_of

GATE_COOKIE: Final = "gate"
GATE_AGE_S: Final = 604_800
SCREENINGS_OFFERED_MAX: Final = 60
CODE_PROBLEM: Final = N_("Hold a ticket under the scanner, or type its code")
DOOR = [requires(Role.DOOR)]


class Gate(msgspec.Struct, frozen=True):
    """What a gate keeps from one scan to the next."""

    name: str = "1"
    screening: str = ""
    direction: str = "in"


@get("/{language:str}/door", guards=DOOR, include_in_schema=False)
async def show_door(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[str]:
    """The field for the code, with the gate as it was left."""
    require_language(language)
    return await _page(request, door, language, _gate_of(request))


class EveningPage(msgspec.Struct, frozen=True):
    """The evening of a gate; ``words``: what a verdict says of each screening beside its names."""

    evening: Evening
    words: dict[str, list[str]]


@get("/{language:str}/door/evening", guards=DOOR, include_in_schema=False)
async def show_evening(
    request: StaffRequest,
    door: NamedDependency[Door],
    language: FromPath[str],
    venue: Venue = None,
    since: Mark = None,
) -> Response[EveningPage]:
    """What the page's script keeps, to go on without the network; asked again every few seconds."""
    require_language(language)
    evening, screenings = await take_evening(door, venue, since, request.user, language)
    words = {one.screening_id: version_words(one.version, language) if one.version else [] for one in screenings}
    return unless_known(request, evening, EveningPage(evening, words))


@post("/{language:str}/door", guards=DOOR, include_in_schema=False, status_code=200)
async def post_scan(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[str]:
    """Scan. The form carries the scan's own number, so that a form sent twice is one scan."""
    require_language(language)
    form = await read_form(request)
    gate = Gate(
        form.text("gate", GATE_SIGNS_MAX),
        form.text("screening", 63),
        "out" if form.text("direction") == "out" else "in",
    )
    cookie = Cookie(
        key=GATE_COOKIE,
        value=gate_text(gate),
        max_age=GATE_AGE_S,
        secure=door.context.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    try:
        answer = await admit(door, _scan_of(form, gate), request.user, language)
    except TicketingError as error:
        return await _page(request, door, language, gate, refusal=refusal_of(error, language), cookies=[cookie])
    verdict = verdict_of(answer, language, door.context.clock.now())
    return await _page(request, door, language, gate, verdict=verdict, cookies=[cookie])


def _scan_of(form: Form, gate: Gate) -> ScanRequest:
    code = form.raw("code", CODE_SIGNS_MAX)
    if not code.strip():
        raise InvalidField(problem=CODE_PROBLEM, field="code")
    try:
        return msgspec.convert(
            {
                "scan": form.text("scan") or str(uuid.uuid4()),
                "code": code,
                "gate": gate.name or Gate().name,
                "screening": gate.screening or None,
                "direction": gate.direction,
            },
            ScanRequest,
        )
    except msgspec.ValidationError as error:
        raise InvalidField(problem=str(error), field="") from error


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    gate: Gate,
    *,
    verdict: Verdict | None = None,
    refusal: Refusal | None = None,
    cookies: list[Cookie] | None = None,
) -> Response[str]:
    post = request.user.post
    if post is not None and gate.name not in post.gates:
        gate = msgspec.structs.replace(gate, name=post.gates[0])
    return door_page(
        request,
        language,
        status_code=refusal.status if refusal else 200,
        cookies=cookies or [],
        gate=gate,
        gates_screenings=await _screenings(door, request.user.reach),
        verdict=verdict,
        refusal=refusal,
        scan=str(uuid.uuid4()),
    )


async def _screenings(door: Door, reach: Reach) -> list[Screening]:
    """Those within reach that have not ended, the next first: a gate picks its own."""
    now = door.context.clock.now()
    found, _ = await door.catalogue.programme(ProgrammeFilters(), now=now, limit=SCREENINGS_LISTED_MAX)
    return [
        one
        for one in found
        if one.status == "published" and reaches(reach, festival=one.festival, venue=one.venue.venue)
    ][:SCREENINGS_OFFERED_MAX]


def gate_text(gate: Gate) -> str:
    """A gate as it is kept in its cookie: hexadecimal, since a cookie takes neither spaces nor Cyrillic."""
    return msgspec.json.encode(gate).hex()


def _gate_of(request: StaffRequest) -> Gate:
    try:
        return msgspec.json.decode(bytes.fromhex(request.cookies.get(GATE_COOKIE, "")), type=Gate)
    except (ValueError, msgspec.MsgspecError):
        return Gate()


routes = [show_door, show_evening, post_scan]
