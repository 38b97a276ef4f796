"""Where somebody's role counts: everywhere, or in some festivals and venues alone. Pure.

A role says what one may do, a reach says with whose things. Every handler that is asked for something of a festival
or a venue by name calls :func:`require_reach`, so that an organiser of one festival who guesses the name of a
screening of another is refused like anybody else.
"""

import msgspec

from ticketing.kernel.errors import OutOfReach


class Reach(msgspec.Struct, frozen=True):
    """The festivals and venues in which a role counts, by id. None: in all of them, those to come included."""

    festivals: frozenset[str] | None = None
    venues: frozenset[str] | None = None


EVERYWHERE = Reach()


def reaches(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> bool:
    """Whether something of this festival, at this venue, is within reach; what is not given is not asked for."""
    return (festival is None or reach.festivals is None or festival in reach.festivals) and (
        venue is None or reach.venues is None or venue in reach.venues
    )


def require_reach(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> None:
    """Go on where :func:`reaches` says so.

    Raises:
        OutOfReach: with the festival and the venue that were asked for.
    """
    if not reaches(reach, festival=festival, venue=venue):
        raise OutOfReach(festival=festival, venue=venue)


def require_everywhere(reach: Reach) -> None:
    """Go on where the role counts everywhere: for what belongs to no festival, such as accounts, films and keys.

    Raises:
        OutOfReach: the role counts in some festivals or venues alone.
    """
    if reach != EVERYWHERE:
        raise OutOfReach(festival=None, venue=None)
