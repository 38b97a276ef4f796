"""Passing one ticket on: by name, or to somebody's mail."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.sales.changes.rules import check_changeable, tickets_named
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.model import Email, Name
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.order_view import shown_order
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC = {"access": "public"}
PATH = "/{language:str}/orders/{order:str}/{secret:str}/tickets/{ticket:str}/transfer"
MISTAKES: Final = {
    "holder": N_("Say who is to have the ticket"),
    "email": N_("This is not an e-mail address. Leave it empty to go on showing the ticket yourself"),
}


class Typed(msgspec.Struct, frozen=True):
    """What was typed, as it was typed."""

    holder: str = ""
    email: str = ""

    def mistakes(self, language: str) -> dict[str, str]:
        """What is wrong, by field."""
        wrong = {}
        for field, value, kind in (("holder", self.holder, Name), ("email", self.email or None, Email | None)):
            try:
                msgspec.convert(value, kind)
            except msgspec.ValidationError:
                wrong[field] = translate(MISTAKES[field], language)
        return wrong


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_transfer(
    request: AnyRequest,
    *,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
    ticket: FromPath[str],
) -> Response[Any]:
    """Whom to pass the ticket on to, and what follows from it."""
    require_language(language)
    return await _page(request, sales, language, order=order, secret=secret, ticket=ticket, typed=Typed())


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_transfer(
    request: AnyRequest,
    *,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
    ticket: FromPath[str],
) -> Response[Any]:
    """Pass the ticket on."""
    require_language(language)
    form = await read_form(request)
    typed = Typed(form.text("holder"), form.text("email"))
    error: TicketingError | None = None
    if not typed.mistakes(language):
        try:
            await transfer_ticket(sales, order, secret, ticket, holder=typed.holder, email=typed.email or None)
        except TicketingError as refused:
            error = refused
        else:
            return see_other(f"/{language}/orders/{order}/{secret}#{ticket}")
    return await _page(
        request, sales, language, order=order, secret=secret, ticket=ticket, typed=typed, error=error, checked=True
    )


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    *,
    order: str,
    secret: str,
    ticket: str,
    typed: Typed,
    error: TicketingError | None = None,
    checked: bool = False,
) -> Response[Any]:
    facts = await open_order(sales, order, secret)
    (found,) = tickets_named(facts, [ticket])
    shown = await shown_order(sales, facts, language)
    one = next(one for one in shown.tickets if one.ticket.ticket == ticket)
    if error is None and "transfer" not in one.can:
        # Said before anything is typed, in the words of the rule that forbids it.
        try:
            check_changeable(found, one.screening, "transfer", sales.context.clock.now())
        except TicketingError as refused:
            error = refused
    refusal = refusal_of(error, language, one.screening.timezone) if error else None
    mistakes = typed.mistakes(language) if checked else {}
    return page(
        request,
        "transfer.html",
        language,
        status_code=refusal.status if refusal else 422 if mistakes else 200,
        festival=await sales.catalogue.festival(one.screening.festival),
        order=shown.view,
        secret=secret,
        shown=one,
        typed=typed,
        mistakes=mistakes,
        refusal=refusal,
    )


routes = [show_transfer, post_transfer]
