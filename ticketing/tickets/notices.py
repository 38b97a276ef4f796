"""What the law wants said on a ticket and at the door: pure."""

from datetime import time
from typing import Final

from ticketing.programme.model import Screening

_MINORS_ALONE_UNTIL: Final = time(22, 0)


def minors_need_company(screening: Screening) -> bool:
    """Whether minors may be refused who come alone: in Kazakhstan, where the screening ends after 22:00.

    By the clock of the venue; a screening that ends on another day than it starts ends after 22:00 too.
    """
    if screening.venue.country != "KZ":
        return False
    starts, ends = (moment.astimezone(screening.timezone) for moment in (screening.starts_at, screening.ends_at))
    return ends.date() != starts.date() or ends.time() > _MINORS_ALONE_UNTIL
