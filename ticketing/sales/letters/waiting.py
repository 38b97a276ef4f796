"""The letters of a waiting list: one's place and its link, an offer, and the end of a wait."""

from typing import Any

from ticketing.kernel.errors import UnknownWaitingEntry
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, heading
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.screening_listed import screening_row
from ticketing.sales.letters.sending import Payload
from ticketing.sales.waiting.desk import SQL, entry_page, read_entry
from ticketing.sales.waiting.model import EntryFacts
from ticketing.tickets.sheet import day_text, time_text, zone_text


async def write_waiting_joined(sales: Sales, payload: Payload) -> Letter | None:
    """Somebody waits: which place they have, and the link to it. None once they wait no more."""
    entry = await _entry(sales, payload["entry"])
    if entry is None or entry.status not in ("waiting", "offered"):
        return None
    words = entry.locale
    screening = await sales.catalogue.screening(entry.screening)
    place = translate("Your place in the line: %(place)s", words) % {"place": entry.place}
    return Letter(
        key=f"waiting-joined-{entry.entry}-{payload['at']}",
        subject=translate("You are on the waiting list: %(title)s", words) % {"title": _title(screening, words)},
        paragraphs=(
            *((place,) if entry.place else ()),
            translate(
                "When seats come free, they are offered to the first in line whose whole party can sit together. "
                "We then write to you, and hold the seats for you for a while.",
                words,
            ),
        ),
        button=Button(translate("Show my place, change it or leave", words), entry_page(sales, entry)),
        tickets=(screening_row(screening, words, _party_lines(entry, words)),),
        closing=(translate("If it was not you who joined, leave the list by the link above.", words),),
        **await _address(sales, screening, entry),
    )


async def write_waiting_offer(sales: Sales, payload: Payload) -> Letter | None:
    """Seats are held for somebody until a deadline. None once the offer is over."""
    async with database_errors():
        offer = await sales.context.postgres.fetchrow(SQL.read_offer, payload["offer"])
    if offer is None or offer["status"] != "open" or offer["expires_at"] <= sales.context.clock.now():
        return None
    entry = await _entry(sales, offer["entry_id"])
    if entry is None:
        return None
    words = entry.locale
    screening = await sales.catalogue.screening(entry.screening)
    zone = screening.venue.timezone
    until = translate("The seats are held for you until %(time)s, %(day)s. Order them before then.", words) % {
        "time": f"{time_text(offer['expires_at'], zone)} ({zone_text(offer['expires_at'], zone)})",
        "day": day_text(offer["expires_at"], zone, words),
    }
    seats = translate("Seats: %(seats)s", words) % {"seats": ", ".join(offer["seats"])}
    return Letter(
        key=f"waiting-offer-{payload['offer']}",
        subject=translate("Seats for you: %(title)s", words) % {"title": _title(screening, words)},
        paragraphs=(translate("Seats have come free, and it is your turn.", words), until),
        button=Button(translate("Take the seats", words), entry_page(sales, entry)),
        tickets=(screening_row(screening, words, (seats,)),),
        closing=(translate("If you don't want them, please decline by the same link: others are waiting.", words),),
        **await _address(sales, screening, entry),
    )


async def write_waiting_ended(sales: Sales, payload: Payload) -> Letter | None:
    """A wait has ended, not by the waiting one's own word: an offer ran out, or sales are over."""
    entry = await _entry(sales, payload["entry"])
    if entry is None or entry.status not in ("lapsed", "closed"):
        return None
    words = entry.locale
    screening = await sales.catalogue.screening(entry.screening)
    if entry.status == "lapsed":
        reason = translate(
            "The time for the seats that were offered to you has run out. They have gone to the next in line, and "
            "you are no longer on the waiting list. You can join it again.",
            words,
        )
    elif screening.status == "cancelled":
        reason = translate("The screening is cancelled, and its waiting list is closed.", words)
    else:
        reason = translate("Ticket sales are over, and the waiting list is closed. We are sorry.", words)
    return Letter(
        key=f"waiting-ended-{entry.entry}",
        subject=translate("The waiting list: %(title)s", words) % {"title": _title(screening, words)},
        paragraphs=(reason,),
        tickets=(screening_row(screening, words, ()),),
        **await _address(sales, screening, entry),
    )


async def _entry(sales: Sales, entry_id: str) -> EntryFacts | None:
    try:
        return await read_entry(sales.context.postgres, entry_id)
    except UnknownWaitingEntry:
        # Forgotten with its screening.
        return None


async def _address(sales: Sales, screening: Screening, entry: EntryFacts) -> dict[str, Any]:
    festival = await sales.catalogue.festival(screening.festival)
    return {"to": entry.email, "locale": entry.locale, "frame": frame_of(festival, entry.locale)}


def _title(screening: Screening, words: str) -> str:
    return pick(heading(screening), words)


def _party_lines(entry: EntryFacts, words: str) -> tuple[str, ...]:
    party = entry.party
    lines = [translate("People: %(people)s", words) % {"people": party.people}]
    if party.wheelchair:
        lines.append(translate("Wheelchair places: %(places)s", words) % {"places": party.wheelchair})
    return tuple(lines)
