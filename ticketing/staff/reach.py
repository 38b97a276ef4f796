"""Where somebody's role counts: everywhere, or in some festivals and venues alone. Pure.

A role says what one may do, a reach says with whose things. The guard of a handler asks for both where the address
names a festival, a venue, a hall or a screening; a handler that is told of one in another way calls
:func:`require_reach`. So an organiser of one festival who guesses the name of a screening of another is refused
like anybody else.
"""

from collections.abc import Iterable

import msgspec

from ticketing.kernel.errors import OutOfReach


class Place(msgspec.Struct, frozen=True, order=True):
    """A part of the house: a festival (None: whatever festival) at a venue (None: at whatever venue), by id."""

    festival: str | None = None
    venue: str | None = None


class Reach(msgspec.Struct, frozen=True):
    """The places in which a role counts, all of them together."""

    places: frozenset[Place]


ALL = Place()
EVERYWHERE = Reach(frozenset({ALL}))


def reach_of(places: Iterable[Place]) -> Reach:
    """The reach that these places make; ``EVERYWHERE`` where the whole house is among them."""
    found = frozenset(places)
    return EVERYWHERE if ALL in found else Reach(found)


def reaches(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> bool:
    """Whether all of this festival at this venue is within reach. What is not named is meant whole: a festival
    alone is that festival at all its venues, a venue alone is all that is shown there.
    """
    return any(place.festival in (None, festival) and place.venue in (None, venue) for place in reach.places)


def touches(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> bool:
    """Whether something of this festival, at this venue, is within reach: for lists, which leave out the rest."""
    return any(
        (None in (place.festival, festival) or place.festival == festival)
        and (None in (place.venue, venue) or place.venue == venue)
        for place in reach.places
    )


def require_reach(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> None:
    """Go on where :func:`reaches` says so.

    Raises:
        OutOfReach: with the festival and the venue that were asked for.
    """
    if not reaches(reach, festival=festival, venue=venue):
        raise OutOfReach(festival=festival, venue=venue)


def require_part(reach: Reach, *, festival: str | None = None, venue: str | None = None) -> None:
    """Go on where :func:`touches` says so: for what is one's own there, such as a shift at a venue's till.

    Raises:
        OutOfReach: with the festival and the venue that were asked for.
    """
    if not touches(reach, festival=festival, venue=venue):
        raise OutOfReach(festival=festival, venue=venue)


def require_everywhere(reach: Reach) -> None:
    """Go on where the role counts everywhere: for what belongs to no festival, such as accounts, films and keys.

    Raises:
        OutOfReach: the role counts in some festivals or venues alone.
    """
    if reach != EVERYWHERE:
        raise OutOfReach(festival=None, venue=None)


def covers(reach: Reach, other: Reach) -> bool:
    """Whether all of ``other`` is within ``reach``."""
    return all(reaches(reach, festival=place.festival, venue=place.venue) for place in other.places)


def venues_of_festival(reach: Reach, festival: str) -> frozenset[str] | None:
    """The venues at which a festival is within reach; None: at all of them, those to come included."""
    if reaches(reach, festival=festival):
        return None
    return frozenset(
        place.venue for place in reach.places if place.venue is not None and place.festival in (None, festival)
    )


def venues_within(reach: Reach) -> list[str] | None:
    """The venues where something is within reach; None: at any venue."""
    venues = {place.venue for place in reach.places}
    return None if None in venues else sorted(venue for venue in venues if venue is not None)


def places_in_sql(reach: Reach) -> list[Place] | None:
    """What ``within_reach`` of the database is asked with; None is everywhere."""
    return (
        None if reach == EVERYWHERE else sorted(reach.places, key=lambda one: (one.festival or "", one.venue or ""))
    )
