"""How a screening stands in a letter, where there is no ticket yet."""

from ticketing.kernel.i18n import pick
from ticketing.programme.model import Screening, heading
from ticketing.sales.letters.letter import TicketRow
from ticketing.tickets.sheet import day_text, time_text, zone_text


def screening_row(screening: Screening, words: str, more: tuple[str, ...]) -> TicketRow:
    """A screening with its time on the venue's clock, its place, and ``more`` lines."""
    zone = screening.venue.timezone
    time = f"{time_text(screening.starts_at, zone)} ({zone_text(screening.starts_at, zone)})"
    place = [
        pick(screening.venue.name, words),
        pick(screening.venue.city_name, words),
        pick(screening.hall.name, words),
    ]
    return TicketRow(
        pick(heading(screening), words),
        (f"{day_text(screening.starts_at, zone, words)}, {time}", ", ".join(place), *more),
    )
