"""What the law wants said on a ticket and at the door: pure."""

from datetime import datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ticketing.programme.model import Screening

_MINORS_ALONE_UNTIL: Final = time(22, 0)


def minors_need_company(screening: Screening) -> bool:
    """Whether minors may be refused who come alone: in Kazakhstan, where the screening ends after 22:00.

    By the clock of the venue; a screening that ends on another day than it starts ends after 22:00 too.
    """
    if screening.venue.country != "KZ":
        return False
    return _ends_late(screening.starts_at, screening.ends_at, screening.venue.timezone)


@lru_cache(maxsize=4096)
def _ends_late(starts_at: datetime, ends_at: datetime, timezone: str) -> bool:
    """Kept, since each scan at a door asks it again."""
    zone = ZoneInfo(timezone)
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return ends.date() != starts.date() or ends.time() > _MINORS_ALONE_UNTIL
