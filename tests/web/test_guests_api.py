"""What guests do over JSON, and that every wrong request has a clear problem and changes nothing."""

import uuid
from typing import Any

import httpx
import pytest

from tests.sales.invited import Hosts
from tests.sales.test_allotment_links import linked
from tests.sales.test_allotments import Desk
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context


@pytest.fixture
async def hosts(context: Context) -> Hosts:
    return await Hosts.opened(context)


async def test_an_invitation_is_answered(visitor: Visitor, hosts: Hosts, context: Context) -> None:
    (dana,) = await hosts.invite("Dana")
    address = f"/api/v1/invitations/{dana}"
    bearer = {"authorization": f"Bearer {context.secrets.link_secret('invitation', dana)}"}

    async def ask(method: str, ending: str, body: Any = None, headers: Any = bearer) -> httpx.Response:
        return await visitor.client.request(method, address + ending, json=body, headers=headers)

    assert (await ask("GET", "")).json()["status"] == "invited"
    yes = {"attending": True, "companions": ["Әлия"], "note": "par l'entrée B"}
    answers = [(await ask("PUT", "/answer", yes)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0]["status"], answers[0]["companions"], answers[0]["tickets"]) == ("accepted", ["Әлия"], None)
    # Whom else it names is nobody's business but the desk's.
    assert {"email", "contact", "rank", "delegation"}.isdisjoint(answers[0])
    for body, headers, status, code in (
        (yes, {}, 401, "unauthenticated"),
        (yes, {"authorization": "Bearer x"}, 404, "unknown_invitation"),
        (yes | {"companions": ["a", "b", "c"]}, bearer, 409, "too_many_companions"),
        (yes | {"wheelchairs": 3}, bearer, 422, "invalid_field"),
        (yes | {"note": "a\x00"}, bearer, 422, "invalid_field"),
        (yes | {"colour": "red"}, bearer, 422, "invalid_field"),
        ({}, bearer, 422, "invalid_field"),
    ):
        refused = await ask("PUT", "/answer", body, headers)
        assert (refused.status_code, refused.json()["code"]) == (status, code), body
    assert (await ask("GET", "")).json() == answers[0]


async def test_seats_are_taken_by_a_link(visitor: Visitor, hosts: Hosts) -> None:
    _, code = await linked(Desk(hosts.office, hosts.screening), allotment="embassy")
    address = f"/api/v1/allotment-links/{code}"
    assert (await visitor.client.get(address)).json()["seats"] == [f"A-{number}" for number in range(1, 9)]
    wish = {"choice": str(uuid.uuid4()), "seats": ["A-1"], "name": "Dana"}
    orders = [(await visitor.client.post(f"{address}/tickets", json=wish)).json() for _ in range(2)]
    assert orders[0]["order"] == orders[1]["order"]
    assert orders[0]["tickets"][0]["code"]
    other = str(uuid.uuid4())
    for body, status, problem in (
        (wish | {"choice": other}, 409, "seats_taken"),
        (wish | {"choice": other, "seats": ["A-2", "A-3", "A-4"]}, 409, "too_many_seats"),
        (wish | {"choice": other, "seats": []}, 422, "invalid_field"),
        (wish | {"choice": other, "seats": ["\x00"]}, 409, "seats_taken"),
        (wish | {"name": "Sara"}, 422, "idempotency_mismatch"),
        (wish | {"choice": other, "name": " "}, 422, "invalid_field"),
        (wish | {"choice": other, "email": "nowhere"}, 422, "invalid_field"),
    ):
        refused = await visitor.client.post(f"{address}/tickets", json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, problem), body
    assert (await visitor.client.get(address[:-1])).json()["code"] == "unknown_allotment_link"
    assert (await visitor.client.get(address)).json()["left"] == 2
