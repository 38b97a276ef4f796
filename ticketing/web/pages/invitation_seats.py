"""The desk's seats for accepted guests: proposed by protocol, moved by hand, made into tickets or a list."""

import re
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.before_film.invited_guests import list_invited
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.allotments import list_untaken
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import count_answers
from ticketing.sales.invitations.rounds import read_round
from ticketing.sales.invitations.seating import issue_tickets, move_party, propose
from ticketing.staff.guards import StaffRequest
from ticketing.web.pages.evening_drawing import draw_house
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.invitations import ORGANISER, PLACE, screening_within_reach
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page
from ticketing.web.pages.screening_view import zone_looks

SEATS: Final = PLACE + "/seats"
SEATS_SIGNS_MAX: Final = 1000


@get(SEATS, guards=ORGANISER, include_in_schema=False)
async def show_seats(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Who is planned to sit where."""
    return await _page(request, sales, language, await screening_within_reach(request, sales, language, screening))


@post(SEATS + "/{verb:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_seats(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    screening: FromPath[str],
    verb: FromPath[str],
) -> Response[Any]:
    """Propose all seats, move one party, issue the tickets, or hand names to the door."""
    asked = await screening_within_reach(request, sales, language, screening)
    by = request.user.login
    form = await read_form(request)
    try:
        if verb == "proposal":
            await propose(sales, asked, by)
            told = translate(N_("Seats are proposed by protocol: change what should be otherwise."), language)
        elif verb == "move":
            seats = [seat for seat in re.split(r"[\s,;]+", form.text("seats", SEATS_SIGNS_MAX)) if seat]
            await move_party(sales, asked, form.text("invitation", 12), seats, by)
            told = translate(N_("The party is moved."), language)
        elif verb == "tickets":
            told = translate(N_("Parties that got their tickets: %(parties)s"), language)
            told %= {"parties": await issue_tickets(sales, asked, by)}
        else:
            told = translate(N_("New on the door's list of guests: %(parties)s"), language)
            told %= {"parties": await list_invited(sales, asked, by)}
    except TicketingError as error:
        return await _page(request, sales, language, asked, refused=error, typed=form)
    return await _page(request, sales, language, asked, told=told)


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    *,
    told: str = "",
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    found = await read_round(sales, screening)
    invitations = found.invitations if found else ()
    parties = [one for one in invitations if one.status == "accepted"]
    allotment = found.terms.allotment if found else None
    untaken = await list_untaken(sales, screening, allotment) if allotment else None
    layout = await sales.catalogue.layout(screening.layout_id)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zone_looks(screening, language))
    looks = dict.fromkeys(drawing.labels, "busy")
    looks |= dict.fromkeys(untaken or (), "kept")
    looks |= {seat: "ticketed" if one.order else "planned" for one in parties for seat in one.seats}
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    moved = typed.raw("invitation", 10_000_000)[:12] if typed else ""
    return page(
        request,
        "invitation_seats.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        round=found,
        counts=count_answers(invitations),
        parties=parties,
        free=len(untaken or ()),
        drawing=drawing,
        picture=draw_house(drawing, looks),
        told=told,
        refusal=refusal,
        moved=moved,
        moved_seats=typed.raw("seats", 10_000_000)[:SEATS_SIGNS_MAX] if typed else "",
    )


routes = [show_seats, post_seats]
