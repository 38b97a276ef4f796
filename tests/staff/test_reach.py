"""Where a role counts, as a table."""

import pytest

from ticketing.kernel.errors import OutOfReach
from ticketing.staff.reach import EVERYWHERE, Reach, reaches, require_everywhere, require_reach

ONE = Reach(festivals=frozenset({"week"}))
HOUSE = Reach(venues=frozenset({"arman"}))
BOTH = Reach(festivals=frozenset({"week"}), venues=frozenset({"arman"}))


@pytest.mark.parametrize(
    ("reach", "festival", "venue", "within"),
    [
        (EVERYWHERE, "week", "arman", True),
        (EVERYWHERE, None, None, True),
        (ONE, "week", "esil", True),
        (ONE, "other", "arman", False),
        (ONE, None, "arman", True),
        (HOUSE, "other", "arman", True),
        (HOUSE, "week", "esil", False),
        (BOTH, "week", "arman", True),
        (BOTH, "week", "esil", False),
        (BOTH, "other", "arman", False),
        (Reach(festivals=frozenset()), "week", None, False),
    ],
)
def test_what_is_within_reach(reach: Reach, festival: str | None, venue: str | None, within: bool) -> None:
    assert reaches(reach, festival=festival, venue=venue) is within
    if within:
        require_reach(reach, festival=festival, venue=venue)
    else:
        with pytest.raises(OutOfReach):
            require_reach(reach, festival=festival, venue=venue)


def test_what_belongs_to_no_festival_asks_for_all() -> None:
    require_everywhere(EVERYWHERE)
    with pytest.raises(OutOfReach):
        require_everywhere(ONE)
