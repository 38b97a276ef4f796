"""The desk's page of seats kept back, without scripts."""

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.staff.model import Role


@pytest.fixture
async def place(visitor: Visitor, factory: Factory) -> str:
    screening = await factory.screening()
    await factory.staff(Role.SUPERVISOR, "sara")
    await visitor.sign_in("sara", PASSWORD)
    return f"/en/desk/allotments/{screening}"


async def test_kept_back_changed_given_and_released(visitor: Visitor, place: str) -> None:
    await visitor.open(place)
    assert "No seats are kept back here" in visitor.text()
    await visitor.send(visitor.forms()[-1], owner="The jury", seats="A-1, A-2\nA-3")
    assert "0 of 3 with a ticket" in visitor.text()
    assert "The jury" in visitor.text()
    await visitor.send(visitor.form("/tickets"), names="Dana\n\nӘсел", email="jury@example.org")
    assert "The tickets are on their way" in visitor.text()
    assert "2 of 3 with a ticket" in visitor.text()
    page = await visitor.send(visitor.form("/tickets"), names="Sara\nOlga", email="jury@example.org")
    assert page.status_code == 409
    assert "Seats left in this allotment: 1." in visitor.text()
    await visitor.open(place)
    await visitor.send(visitor.form("/release"))
    assert "The seats are free for everybody" in visitor.text()
    assert "released" in visitor.text()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"owner": "", "seats": "A-1"}, 422),
        ({"owner": "x" * 400, "seats": "A-1"}, 422),
        ({"owner": "Jury", "seats": ""}, 422),
        ({"owner": "Jury", "seats": "Z-99"}, 422),
        ({"owner": "Jury", "seats": "<b>"}, 422),
        ({"owner": "Jury", "seats": "A-1", "release_at": "2020-01-01T10:00"}, 422),
        ({"owner": "Jury", "seats": "A-1", "release_at": "soon"}, 422),
        ({"owner": "Jury", "seats": "A-1", "release_at": "9999-12-31T23:59"}, 422),
        ({"owner": "Jury", "seats": "A-1", "allotment": "../x"}, 422),
        ({"owner": "Jury", "seats": "A-1 " * 6000}, 422),
    ],
)
async def test_what_can_t_be_is_told(visitor: Visitor, place: str, typed: dict[str, str], status: int) -> None:
    await visitor.open(place)
    page = await visitor.send(visitor.forms()[-1], **typed)
    assert page.status_code == status
    assert "No seats are kept back here" in visitor.text()


async def test_it_is_no_business_of_the_door(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await factory.staff(Role.DOOR, "dana")
    await visitor.sign_in("dana", PASSWORD)
    assert (await visitor.open(f"/en/desk/allotments/{screening}")).status_code == 403
