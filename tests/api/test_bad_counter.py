"""The counter over JSON: bad bodies, keys and tills; none changes anything, none makes a 5xx."""

import uuid
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role

KZT = {"amount": 350_000, "currency": "KZT"}
SALE = {
    "holds": [{"hold": "h", "tickets": [{"seat": "A-1", "tariff": "full"}]}],
    "money": KZT,
    "mode": "presale",
    "method": "cash",
}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 409, "hold_expired"),
        ({"holds": []}, 422, "invalid_field"),
        ({"holds": SALE["holds"] * 2}, 422, "invalid_field"),  # type: ignore[operator]  # a list
        ({"money": 350_000}, 422, "invalid_field"),
        ({"money": {"amount": 1, "currency": "tenge"}}, 409, "hold_expired"),
        ({"mode": "soon"}, 422, "invalid_field"),
        (
            {"holds": [{"hold": "x", "tickets": [{"seat": "A-1", "tariff": "full"}], "mode": "soon"}]},
            422,
            "invalid_field",
        ),
        ({"method": "promise"}, 422, "invalid_field"),
        ({"given": -1}, 422, "invalid_field"),
        ({"given": 10**13}, 422, "invalid_field"),
        ({"email": "nobody"}, 422, "invalid_field"),
        ({"name": " "}, 422, "invalid_field"),
        ({"locale": "xx"}, 422, "invalid_field"),
        ({"free": True}, 422, "invalid_field"),
    ],
)
def test_a_sale_that_can_t_be(api: Api, change: dict[str, Any], status: int, code: str) -> None:
    with api.client(Role.SUPERVISOR) as client:
        answer = client.post("/api/v1/counter/sales", json=SALE | change, headers={"idempotency-key": "k"})
    problem(answer, status, code)


def test_a_sale_needs_a_key_and_a_till(api: Api) -> None:
    with api.client(Role.SUPERVISOR) as client:
        for headers in ({}, {"idempotency-key": "x" * 256}):
            answer = client.post("/api/v1/counter/sales", json=SALE, headers=headers)
            problem(answer, 400, "idempotency_key_missing")
    with api.client(Role.BOX_OFFICE) as client:
        place = f"/api/v1/counter/screenings/{api.screening}/holds"
        hold = client.post(place, json={"seats": ["E-9"]}).json()
        sale = SALE | {"holds": [{"hold": hold["hold"], "tickets": [{"seat": "E-9", "tariff": "full"}]}]}
        answer = client.post("/api/v1/counter/sales", json=sale, headers={"idempotency-key": "no till"})
        problem(answer, 409, "no_open_shift")
        problem(client.post(place, json={"seats": ["E-9"]}), 409, "seats_taken")
        problem(client.post(place, json={"best": {"count": 1}, "seats": ["E-8"]}), 422, "invalid_field")
        problem(client.get("/api/v1/counter/orders/22222222/tickets.pdf"), 404, "unknown_order")
        client.delete(f"/api/v1/holds/{hold['hold']}")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "tills/NO", {"venue": "v", "name": "x"}, 422),
        ("PUT", "tills/ok", {"venue": "nowhere", "name": "x"}, 404),
        ("PUT", "tills/ok", {"venue": "v", "name": " "}, 422),
        ("PUT", "tills/ok", {"venue": "v", "name": "x" * 81}, 422),
        ("POST", "tills/nowhere/shifts", {"shift": str(uuid.UUID(int=9)), "float": []}, 404),
        ("POST", "tills/x/shifts", {"shift": "x", "float": []}, 422),
        (
            "POST",
            "tills/x/shifts",
            {"shift": str(uuid.UUID(int=9)), "float": [{"amount": -1, "currency": "KZT"}]},
            422,
        ),
        ("POST", "tills/x/shifts", {"shift": str(uuid.UUID(int=9)), "float": [KZT, KZT]}, 422),
        ("POST", f"shifts/{uuid.UUID(int=9)}/closing", {}, 404),
        ("POST", f"shifts/{uuid.UUID(int=9)}/closing", {"cash": [KZT] * 11}, 422),
        ("POST", f"shifts/{uuid.UUID(int=9)}/closing", {"note": "x" * 501}, 422),
        ("GET", "shifts?cursor=nonsense", None, 422),
        ("GET", "shifts?cursor=2026-01-01T00:00:00,x", None, 422),
        ("GET", f"shifts/{uuid.UUID(int=9)}", None, 404),
    ],
)
def test_tills_and_shifts_that_can_t_be(api: Api, method: str, path: str, body: Any, status: int) -> None:
    with api.client(Role.SUPERVISOR) as client:
        answer = client.request(method, f"/api/v1/counter/{path}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"]
