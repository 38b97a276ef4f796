"""The waiting list over JSON."""

from typing import Any

import pytest

from tests.sales.waiting_room import WaitingRoom
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context

JOINING: dict[str, Any] = {
    "party": {"people": 1},
    "email": "dana@example.kz",
    "name": "Дана",
    "consent": True,
    "locale": "kk",
}


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def test_the_way_of_a_client(visitor: Visitor, room: WaitingRoom) -> None:
    client, path = visitor.client, f"/api/v1/screenings/{room.screening}/waiting"
    joined = await client.post(path, json=JOINING, headers={"idempotency-key": "one"})
    assert joined.status_code == 201
    told = joined.json()
    assert (told["status"], told["place"], told["offer"]) == ("waiting", 1, None)
    assert (await client.post(path, json=JOINING, headers={"idempotency-key": "one"})).json() == told
    stranger = (await client.post(path, json=JOINING)).json()
    assert (stranger["entry"], stranger["secret"], stranger["email"]) == (None, None, None)
    own, bearer = f"/api/v1/waiting/{told['entry']}", {"authorization": f"Bearer {told['secret']}"}
    changed = await client.patch(own, json={"party": {"people": 2}}, headers=bearer)
    assert changed.json()["party"] == {"people": 2, "wheelchair": 0, "zone": None}
    await room.give_back("A-3", "A-4")
    refused = await client.post(f"/api/v1/screenings/{room.screening}/holds", json={"seats": ["A-3"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "waiting_list_first")
    seen = (await client.get(f"/api/v1/screenings/{room.screening}/availability")).json()
    assert seen["seats"]["A-3"] == "blocked"
    assert sum(seen["counts"][state] for state in ("free", "held", "reserved", "sold", "blocked")) == 10
    await room.offer()
    offer = (await client.get(own, headers=bearer)).json()["offer"]
    assert offer["seats"] == ["A-3", "A-4"]
    order = await client.post(
        "/api/v1/orders",
        json={
            "holds": [
                {
                    "hold": offer["hold"],
                    "tickets": [{"seat": seat, "tariff": "invitation"} for seat in offer["seats"]],
                }
            ],
            "buyer": {"email": "dana@example.kz", "name": "Дана"},
        },
        headers={"idempotency-key": "two"},
    )
    assert order.json()["status"] == "confirmed"
    await room.offer()
    assert (await client.get(own, headers=bearer)).json()["status"] == "served"
    for _ in range(2):
        assert (await client.delete(own, headers=bearer)).status_code == 204


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"party": {"people": 0}}, 422, "invalid_field"),
        ({"party": {"people": 1000}}, 422, "invalid_field"),
        ({"party": {"people": 11}}, 409, "too_many_seats"),
        ({"party": {"people": 6}}, 409, "hall_too_small"),
        ({"party": {"people": 1, "colour": "red"}}, 422, "invalid_field"),
        ({"party": {"people": 1, "wheelchair": 2}}, 422, "invalid_field"),
        ({"party": {"people": 1, "zone": "nowhere"}}, 422, "invalid_field"),
        ({"email": "nobody"}, 422, "invalid_field"),
        ({"name": " "}, 422, "invalid_field"),
        ({"name": "a" * 201}, 422, "invalid_field"),
        ({"consent": False}, 422, "invalid_field"),
        ({"locale": "xx"}, 422, "invalid_field"),
        ({"surprise": 1}, 422, "invalid_field"),
    ],
)
async def test_what_is_wrong_changes_nothing(
    visitor: Visitor, room: WaitingRoom, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await visitor.client.post(f"/api/v1/screenings/{room.screening}/waiting", json={**JOINING, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await room.office.fetchval("select count(*) from waiting_entry") == 0


async def test_anothers_entry_stays_shut(visitor: Visitor, room: WaitingRoom) -> None:
    await room.join("anna")
    entry, _ = room.secret_of("anna")
    for path in (f"/api/v1/waiting/{entry}", f"/api/v1/waiting/{entry}/offer", "/api/v1/waiting/%00"):
        answer = await visitor.client.delete(path, headers={"authorization": "Bearer wrong"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_waiting_entry")
    assert (await visitor.client.get(f"/api/v1/waiting/{entry}")).status_code == 401
    assert (await room.show("anna")).status == "waiting"
