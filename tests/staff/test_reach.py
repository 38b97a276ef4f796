"""Where a role counts, as tables; and that the database says the same."""

import pytest

from ticketing.kernel.context import Context
from ticketing.kernel.errors import OutOfReach
from ticketing.staff.devices import festivals_at
from ticketing.staff.model import Grant, Principal, Role, principal_with
from ticketing.staff.reach import (
    EVERYWHERE,
    Place,
    Reach,
    covers,
    places_in_sql,
    reach_of,
    reaches,
    require_everywhere,
    require_reach,
    touches,
    venues_of_festival,
)

WEEK = reach_of([Place("week")])
ARMAN = reach_of([Place(None, "arman")])
WEEK_AT_ARMAN = reach_of([Place("week", "arman")])
WEEK_OR_ARMAN = reach_of([Place("week"), Place(None, "arman")])
NOWHERE = Reach(frozenset())

# Reach, festival, venue: all of it within reach; something of it.
TABLE = [
    (EVERYWHERE, "week", "arman", True, True),
    (EVERYWHERE, None, None, True, True),
    (WEEK, "week", "esil", True, True),
    (WEEK, "week", None, True, True),
    (WEEK, "other", "arman", False, False),
    # A venue shows other festivals as well, so it is not all theirs.
    (WEEK, None, "arman", False, True),
    (WEEK, None, None, False, True),
    (ARMAN, "other", "arman", True, True),
    (ARMAN, "week", None, False, True),
    (ARMAN, "week", "esil", False, False),
    (WEEK_AT_ARMAN, "week", "arman", True, True),
    (WEEK_AT_ARMAN, "week", "esil", False, False),
    (WEEK_AT_ARMAN, "other", "arman", False, False),
    (WEEK_AT_ARMAN, "week", None, False, True),
    (WEEK_OR_ARMAN, "week", "esil", True, True),
    (WEEK_OR_ARMAN, "other", "arman", True, True),
    (WEEK_OR_ARMAN, "other", "esil", False, False),
    (NOWHERE, "week", None, False, False),
    (NOWHERE, None, None, False, False),
]


@pytest.mark.parametrize(("reach", "festival", "venue", "all_of_it", "some_of_it"), TABLE)
def test_what_is_within_reach(
    reach: Reach, festival: str | None, venue: str | None, all_of_it: bool, some_of_it: bool
) -> None:
    assert reaches(reach, festival=festival, venue=venue) is all_of_it
    assert touches(reach, festival=festival, venue=venue) is some_of_it
    if all_of_it:
        require_reach(reach, festival=festival, venue=venue)
    else:
        with pytest.raises(OutOfReach):
            require_reach(reach, festival=festival, venue=venue)


async def test_the_database_says_the_same(context: Context) -> None:
    for reach, festival, venue, all_of_it, _ in TABLE:
        asked = "select within_reach($1::jsonb, $2, $3)"
        assert await context.postgres.fetchval(asked, places_in_sql(reach), festival, venue) is all_of_it


def test_what_belongs_to_no_festival_asks_for_all() -> None:
    require_everywhere(reach_of([Place("week"), Place()]))
    with pytest.raises(OutOfReach):
        require_everywhere(WEEK)


def test_parts_of_a_reach() -> None:
    assert covers(WEEK, WEEK_AT_ARMAN)
    assert not covers(WEEK_AT_ARMAN, WEEK)
    assert covers(WEEK_OR_ARMAN, reach_of([Place("week", "esil"), Place("other", "arman")]))
    assert venues_of_festival(WEEK, "week") is None
    assert venues_of_festival(WEEK_OR_ARMAN, "other") == {"arman"}
    assert venues_of_festival(WEEK, "other") == frozenset()


def test_a_device_scans_no_more_than_its_maker() -> None:
    assert festivals_at(EVERYWHERE, ["arman", "esil"]) is None
    assert festivals_at(ARMAN, ["arman"]) is None
    assert festivals_at(WEEK, ["arman", "esil"]) == ["week"]
    assert festivals_at(WEEK_OR_ARMAN, ["arman", "esil"]) == ["week"]
    for reach in (ARMAN, WEEK_AT_ARMAN, NOWHERE):
        with pytest.raises(OutOfReach):
            festivals_at(reach, ["arman", "esil"])


def test_each_role_counts_where_it_was_given() -> None:
    both = principal_with("dana", (Grant(Role.ORGANISER, "week"), Grant(Role.DOOR, None, "arman")))
    assert both.role is Role.ORGANISER
    assert both.reach_as(Role.ORGANISER) == WEEK
    assert both.reach_as(Role.DOOR) == WEEK_OR_ARMAN
    assert both.reach_as(Role.ADMIN) is None
    assert both.may(Role.SUPERVISOR, festival="week", venue="esil")
    assert both.may(Role.DOOR, festival="other", venue="arman")
    assert not both.may(Role.BOX_OFFICE, festival="other", venue="arman")
    assert not both.may(Role.DOOR)


def test_a_role_that_counts_everywhere_is_all_there_is_to_say() -> None:
    widest = principal_with("dana", (Grant(Role.DOOR, "week"), Grant(Role.SUPERVISOR)))
    assert widest == Principal("dana", Role.SUPERVISOR)
    assert widest.reach_as(Role.DOOR, Role.ADMIN) == EVERYWHERE
