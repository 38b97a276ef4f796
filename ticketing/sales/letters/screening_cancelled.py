"""The letter that a screening is cancelled: why, and what becomes of the tickets."""

from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, heading
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import dates_of, rows_of
from ticketing.sales.model import OrderFacts
from ticketing.sales.screenings.cancelling import SQL
from ticketing.tickets.sheet import day_text, money_text, time_text


async def write_screening_cancelled(sales: Sales, payload: Payload) -> Letter | None:
    """To the buyer of ``payload["order"]``: its tickets ``payload["tickets"]``, and the sum ``payload["refund"]``
    that goes back for them (minor units). Where there is ``payload["holder"]``, to whom that ticket was passed on.
    None where the order has none of them, or nobody has left an address.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    named = set(payload["tickets"])
    tickets = [ticket for ticket in order.tickets if ticket.ticket in named]
    holder = next((one for one in tickets if one.ticket == payload.get("holder")), None)
    if not tickets or (holder is not None and not holder.holder_email):
        return None
    words = order.locale
    screening = await sales.catalogue.screening(tickets[0].screening)
    async with database_errors():
        row = await sales.context.postgres.fetchrow(SQL.get_cancellation, screening.screening_id)
    reason, way = (pick(row["reason"], words), row["way"]) if row else ("", "choice")
    when = {
        "title": pick(heading(screening), words),
        "day": day_text(screening.starts_at, screening.venue.timezone, words),
        "time": time_text(screening.starts_at, screening.venue.timezone),
    }
    told = translate("We are sorry: %(title)s on %(day)s at %(time)s is cancelled.", words) % when
    if holder is None:
        outcome = _outcome(order, screening, way, payload["refund"])
    else:
        outcome = translate("Whoever bought your ticket is told what becomes of its price.", words)
    page = links.order_page(sales.context, order.order, words)
    return Letter(
        key=f"screening-cancelled-{'holder-' if holder else ''}{min(named)}",
        to=(holder.holder_email or "") if holder else order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=translate("Cancelled: %(title)s, %(day)s", words) % when,
        paragraphs=tuple(text for text in (told, reason, outcome) if text),
        # The page of the order is its buyer's.
        button=None if holder else Button(translate("Show my order", words), page),
        tickets=await rows_of(sales, order, tickets),
        attachments=() if holder else (await dates_of(sales, order),),
    )


def _outcome(order: OrderFacts, screening: Screening, way: str, refund: int) -> str:
    words = order.locale
    if refund:
        owed = translate("%(sum)s goes back to you, the way it was paid. You need not do anything.", words)
        return owed % {"sum": money_text(Money(refund, order.currency), words)}
    if order.status == "cancelled" and not order.paid:
        return translate("Your tickets are void and nothing was charged. You need not do anything.", words)
    if way == "refund":
        return translate("Your tickets are void. They were free of charge, so nothing goes back.", words)
    if screening.rules.exchange:
        return translate(
            "On your order's page you can exchange these tickets for another screening, or give them back for the "
            "whole sum; neither costs a fee.",
            words,
        )
    return translate("On your order's page you can give these tickets back for the whole sum.", words)
