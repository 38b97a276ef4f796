"""What a page offers beside a refusal, in words: the nearest equal seats, other zones, no single seat left over."""

from collections.abc import Collection, Sequence
from typing import Final

from ticketing.kernel.errors import N_, NotAdjacentAvailable, SeatsTaken, TicketingError
from ticketing.kernel.i18n import pick, translations
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.seating.live import Live
from ticketing.seating.model import STATE_OF_BYTE, BestSeats, NamedSeats, SeatState, Wish
from ticketing.seating.offers import Offer, instead_of_best, nearest_equal
from ticketing.seating.single_seats import Leftover, avoidable_singles
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.choosing import seats_of
from ticketing.web.pages.refusal import Refusal
from ticketing.web.pages.screening_view import Hint, OfferedSeats, places_words, price_of_places

ALONE_TITLE: Final = N_("A single seat would be left over")


FREE_BYTE: Final = next(byte for byte, state in STATE_OF_BYTE.items() if state is SeatState.FREE)


async def open_places(live: Live, screening_id: str, own: Collection[int]) -> set[int]:
    """The places that are free or the visitor's ``own``, by index.

    Raises:
        UnknownScreening, SeatingUnavailable
    """
    watched = await live.look(screening_id)
    return {index for index, state in enumerate(watched.states) if state == FREE_BYTE}.union(own)


async def offers_instead(
    live: Live,
    screening: Screening,
    layout: Layout,
    language: str,
    *,
    wish: Wish | None,
    error: TicketingError,
    held: Sequence[str],
) -> tuple[OfferedSeats, ...]:
    """What could be had instead of a wish that was refused; nothing where nothing can be said for certain.

    ``held`` are the numbered seats that the visitor has: they are given up with the offer, or part of it.
    """
    own = [layout.index_of[seat] for seat in held if seat in layout.index_of]
    try:
        free = await open_places(live, screening.screening_id, own)
    except TicketingError:
        return ()
    offers: list[Offer] = []
    match wish, error:
        case NamedSeats(seats), SeatsTaken(data={"seats": lost}):
            taken = {layout.index_of[seat] for seat in lost}
            party = [layout.index_of[seat] for seat in seats]
            block = nearest_equal(layout, free - taken, party, taken)
            offers = [Offer("nearest", block)] if block else []
        case BestSeats(count, zone, wheelchair), NotAdjacentAvailable():
            offers = instead_of_best(layout, free, count, zone, wheelchair)
    return tuple(offered(offer, screening, layout, language) for offer in offers)


def offered(offer: Offer, screening: Screening, layout: Layout, language: str) -> OfferedSeats:
    """An offer in words."""
    words = translations(language)
    labels = tuple(layout.labels[seat] for seat in offer.seats)
    zones = list(dict.fromkeys(layout.seats[seat].zone for seat in offer.seats))
    names = {zone.zone: pick(zone.name, language) for zone in screening.zones}
    side_by_side = words.ngettext("%(num)d seat", "%(num)d seats side by side", len(labels)) % {"num": len(labels)}
    titles = {
        "nearest": words.gettext("The nearest equal seats"),
        "other_zone": f"{side_by_side}: {', '.join(names.get(zone, zone) for zone in zones)}",
        "split": words.gettext("In two groups, near each other"),
        "fewer": side_by_side,
    }
    return OfferedSeats(
        titles[offer.kind],
        "; ".join(places_words(labels, screening, layout, language)),
        price_of_places(screening, layout, labels, language),
        labels,
    )


async def leftover_of(
    live: Live, screening: Screening, layout: Layout, cart: Cart, before: Sequence[str] = ()
) -> Leftover | None:
    """The single seats that a choice leaves over though it could be otherwise; None where the festival allows it.

    ``before`` are seats that were the visitor's a moment ago, or are given up with the choice: the live picture
    does not know yet that they are free. Nobody is held up while seats can't be looked at: then there is none.
    """
    mine = [layout.index_of[seat] for seat in seats_of(cart, screening.screening_id)]
    if screening.rules.single_seats == "allow" or not mine:
        return None
    own = {*mine, *(layout.index_of[seat] for seat in before)}
    try:
        free = await open_places(live, screening.screening_id, own)
    except TicketingError:
        return None
    return avoidable_singles(layout, free, mine)


def hint_of(leftover: Leftover, screening: Screening, layout: Layout, language: str) -> Hint:
    """A leftover in words: which seat, why it matters, and what to take instead."""
    words = translations(language)
    singles = tuple(layout.labels[seat] for seat in leftover.singles)
    names = "; ".join(places_words(singles, screening, layout, language))
    detail = words.ngettext(
        "Beside your seats one would stay free by itself, and hardly anybody comes alone: %(seats)s.",
        "Beside your seats these would stay free one by one, and hardly anybody comes alone: %(seats)s.",
        len(singles),
    )
    labels = tuple(layout.labels[seat] for seat in leftover.instead)
    offer = OfferedSeats(
        words.gettext("Move over, and no seat is left alone"),
        "; ".join(places_words(labels, screening, layout, language)),
        price_of_places(screening, layout, labels, language),
        labels,
    )
    return Hint(words.gettext(ALONE_TITLE), detail % {"seats": names}, singles, offer)


def refusal_for(hint: Hint) -> Refusal:
    """The hint as what stops somebody on the way to the checkout."""
    return Refusal("single_seat_left", hint.title, hint.detail, 409, transient=False, seats=hint.seats)
