"""An order at the counter, in words: its tickets, and its history in one line of time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.after_sale.model import CounterOrder, CounterTicket, OrderHistory, RefundLine
from ticketing.sales.desk import Sales
from ticketing.web.pages.door_view import LOOKS
from ticketing.web.pages.formatting import money_text
from ticketing.web.pages.order_view import place_words, tariff_words

CANCELLATION_REASONS: Final = {
    "plans_changed": N_("Other plans"),
    "illness": N_("Illness"),
    "wrong_sale": N_("Sold by mistake: wrong film, seat or tariff"),
    "technical_fault": N_("A fault of the house: picture, sound, seat"),
    "programme_changed": N_("The screening was moved or changed"),
    "goodwill": N_("Goodwill"),
    "other": N_("Something else (say what)"),
}
REPRINT_REASONS: Final = {
    "lost": N_("Lost"),
    "damaged": N_("Damaged"),
    "unreadable": N_("Can't be read at the door"),
    "not_received": N_("Never arrived"),
    "for_paper": N_("Instead of a paper ticket"),
    "other": N_("Something else (say what)"),
}
BEYOND: Final = {
    "admitted": N_("somebody has entered with it"),
    "passed_on": N_("it was passed on to somebody else"),
    "not_allowed": N_("this festival takes no tickets back"),
    "forfeited": N_("it was exchanged when it could not be given back any more"),
    "too_late": N_("the time to give it back is over"),
    "no_show": N_("nobody had come, and the place was released"),
    "fee_waived": N_("the fee is not kept"),
}
PROVIDERS: Final = {"demo": N_("the demo bank"), "stripe": N_("Stripe"), "counter": N_("the box office")}
METHODS: Final = {"cash": N_("in cash"), "card": N_("by card, at our terminal"), "transfer": N_("by a transfer")}


class TicketRow(msgspec.Struct, frozen=True):
    """A ticket with its words. ``beyond``: why only a supervisor may take it back; "" where anybody may."""

    ticket: CounterTicket
    screening: Screening
    place: str
    tariff: str
    beyond: str
    reprintable: bool


class HistoryLine(msgspec.Struct, frozen=True):
    """Something that happened; ``by`` is a login, "" where no person did it."""

    at: datetime
    words: str
    by: str


class OrderAtCounter(msgspec.Struct, frozen=True):
    """The words of the page. ``ways``: of each refund by its number, how it went back, or goes. ``owed`` are those
    that wait for somebody with an open till.
    """

    rows: tuple[TicketRow, ...]
    history: tuple[HistoryLine, ...]
    ways: dict[int, str]
    owed: tuple[RefundLine, ...]
    zone: ZoneInfo


async def view_order(sales: Sales, order: CounterOrder, language: str) -> OrderAtCounter:
    """An order for the page of the counter; times in the zone of its first screening.

    Raises:
        UnknownScreening, DatabaseUnavailable
    """
    rows = []
    for ticket in order.tickets:
        screening = await sales.catalogue.screening(ticket.screening)
        layout = await sales.catalogue.layout(screening.layout_id)
        rows.append(
            TicketRow(
                ticket=ticket,
                screening=screening,
                place=place_words(ticket.seat, screening, layout, language),
                tariff=tariff_words(ticket.tariff, screening, language),
                beyond=beyond_words(ticket.beyond, language),
                reprintable=ticket.status == "sold",
            )
        )
    places = {row.ticket.ticket: row.place for row in rows}
    return OrderAtCounter(
        rows=tuple(rows),
        history=tuple(sorted(_lines(order.history, places, language), key=lambda line: line.at)),
        ways={one.refund: _way(one, language) for one in order.history.refunds},
        owed=tuple(
            one for one in order.history.refunds if one.settled_at is None and one.method in ("cash", "card")
        ),
        zone=rows[0].screening.timezone,
    )


def beyond_words(beyond: tuple[str, ...], language: str) -> str:
    """The rules that are set aside, in words."""
    return "; ".join(translate(BEYOND[rule], language) for rule in beyond)


def _way(refund: RefundLine, language: str) -> str:
    sum_text = money_text(refund.money, language)
    if refund.method == "cash" and refund.settled_at:
        words = N_("Hand out %(sum)s in cash: it is booked to your till.")
        return translate(words, language) % {"sum": sum_text}
    if refund.method == "card" and refund.settled_at:
        words = N_("Send %(sum)s back at the card terminal: it is booked to your till.")
        return translate(words, language) % {"sum": sum_text}
    if refund.method in ("cash", "card"):
        return translate(N_("%(sum)s is owed, and not handed out yet."), language) % {"sum": sum_text}
    if refund.method == "transfer":
        return translate(N_("Send %(sum)s by a transfer."), language) % {"sum": sum_text}
    through = translate(PROVIDERS.get(refund.provider, refund.provider), language)
    words = translate(N_("%(sum)s goes back by itself, through %(provider)s."), language)
    return words % {"sum": sum_text, "provider": through}


def _lines(history: OrderHistory, places: dict[str, str], language: str) -> Iterator[HistoryLine]:
    def words(text: str, **facts: str) -> str:
        return translate(text, language) % facts

    def how(method: str | None, provider: str) -> str:
        if method:
            return translate(METHODS[method], language)
        return words(N_("through %(provider)s"), provider=translate(PROVIDERS.get(provider, provider), language))

    for paid in history.payments:
        told = words(
            N_("%(sum)s paid, %(way)s"), sum=money_text(paid.money, language), way=how(paid.method, paid.provider)
        )
        yield HistoryLine(paid.at, told, paid.by or "")
    for owed in history.refunds:
        facts = {"sum": money_text(owed.money, language), "way": how(owed.method, owed.provider)}
        yield HistoryLine(owed.owed_at, words(N_("%(sum)s owed back, %(way)s"), **facts), "")
        if owed.settled_at is not None:
            yield HistoryLine(owed.settled_at, words(N_("%(sum)s given back, %(way)s"), **facts), owed.by or "")
    for gone in history.cancellations:
        told = words(
            N_("Taken back: %(places)s. %(reason)s"),
            places=", ".join(places.get(ticket, ticket) for ticket in gone.tickets),
            reason=translate(CANCELLATION_REASONS[gone.reason], language),
        )
        yield HistoryLine(gone.at, _noted(told, gone.note), gone.by)
    for made in history.reprints:
        told = words(
            N_("Printed anew: %(place)s. %(reason)s"),
            place=places.get(made.ticket, made.ticket),
            reason=translate(REPRINT_REASONS[made.reason], language),
        )
        yield HistoryLine(made.at, _noted(told, made.note), made.by)
    for scan in history.scans:
        _, verdict = LOOKS[scan.verdict]
        told = words(
            N_("Scanned: %(place)s, gate %(gate)s: %(verdict)s"),
            place=places.get(scan.ticket, scan.ticket),
            gate=scan.gate,
            verdict=translate(verdict, language),
        )
        yield HistoryLine(scan.at, told, scan.by)


def _noted(told: str, note: str) -> str:
    return f"{told} ({note})" if note else told
