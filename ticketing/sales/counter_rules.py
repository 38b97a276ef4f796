"""What the counter sells, to whom, and what it gives back in change. Pure."""

from datetime import datetime

from ticketing.kernel import errors
from ticketing.programme.model import Screening, doors_open
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import require_reach


def check_counter_sells(screening: Screening, by: Principal, now: datetime) -> None:
    """The counter sells from when sales open until the film is over: somebody stands there who wants to go in.

    Raises:
        OutOfReach: it is of another festival, or at another venue.
        SalesClosed: not yet, not any more, or it is cancelled.
        ByInvitation: and who sells is no supervisor.
    """
    festival, venue = screening.festival, screening.venue.venue
    require_reach(by.reach, festival=festival, venue=venue)
    if screening.status != "published" or not screening.sales_open_at <= now < screening.ends_at:
        raise errors.SalesClosed(opens_at=screening.sales_open_at, closes_at=screening.ends_at)
    if screening.audience == "invitation" and not by.may(Role.SUPERVISOR, festival=festival, venue=venue):
        raise errors.ByInvitation


def check_entry_open(screening: Screening, now: datetime) -> None:
    """Immediate entry is sold while people are let in.

    Raises:
        EntryNotOpen
    """
    if not doors_open(screening, now):
        raise errors.EntryNotOpen(doors_at=screening.doors_at)


def change_due(due: int, given: int | None) -> int:
    """What goes back of ``given`` minor units of cash; nothing where the exact sum was given (None).

    Raises:
        TooLittleGiven
    """
    if given is None:
        return 0
    if given < due:
        raise errors.TooLittleGiven
    return given - due
