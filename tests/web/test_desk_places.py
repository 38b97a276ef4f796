"""The desk lists what a role opens, each page of it opens, and the bar marks where one is."""

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.staff.model import Principal, Role
from ticketing.web.pages.desk_places import PARTS, here_of, parts_for


@pytest.mark.parametrize("role", list(Role))
async def test_every_place_that_is_listed_opens(visitor: Visitor, factory: Factory, role: Role) -> None:
    await factory.screening()
    await factory.staff(role, "dana")
    await visitor.sign_in("dana", PASSWORD)
    assert (await visitor.open("/en/desk")).status_code == 200
    listed = {place.path for part in parts_for(Principal("dana", role)) for place in part.places}
    for part in PARTS:
        for place in part.places:
            page = await visitor.open(f"/en/{place.path}")
            assert page.status_code == (200 if place.path in listed else 403), place.path


def test_the_bar_marks_the_longest_place() -> None:
    assert here_of("/kk/door/house/a-screening/guests") == "door/house"
    assert here_of("/kk/door") == "door"
    assert here_of("/kk/doors") == ""
    assert here_of("/kk/desk/sessions") == "desk/sessions"
    assert here_of("/kk/") == ""
