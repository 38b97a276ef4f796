"""Wrong requests about seats kept back: a clear problem each, and nothing changes."""

import uuid
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role

TERMS: dict[str, Any] = {"owner": "Jury", "seats": ["A-1"]}
TICKETS: dict[str, Any] = {
    "issue": str(uuid.UUID(int=9)),
    "owner": {"email": "jury@example.org", "name": "Jury"},
    "names": ["Dana"],
}
WRONG: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("PUT", "/jury", {}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"colour": "red"}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"owner": " "}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"owner": "a\x00b"}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"seats": []}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"seats": ["A-1"] * 501}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"seats": ["A-1", "A-1"]}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"seats": ["Z-99"]}, 422, "unknown_seats"),
    ("PUT", "/jury", TERMS | {"release_at": "2020-01-01T10:00:00Z"}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"release_at": "2099-01-01T10:00:00"}, 422, "invalid_field"),
    ("PUT", "/jury", TERMS | {"release_at": "2099-01-01T10:00:00Z"}, 422, "invalid_field"),
    ("PUT", "/Jury!", TERMS, 422, "invalid_field"),
    ("POST", "/nowhere/release", {}, 404, "unknown_allotment"),
    ("POST", "/nowhere/tickets", TICKETS, 404, "unknown_allotment"),
    ("POST", "/nowhere/tickets", TICKETS | {"names": []}, 422, "invalid_field"),
    ("POST", "/nowhere/tickets", TICKETS | {"names": ["x"] * 101}, 422, "invalid_field"),
    ("POST", "/nowhere/tickets", TICKETS | {"names": ["\x07"]}, 422, "invalid_field"),
    ("POST", "/nowhere/tickets", TICKETS | {"issue": "x"}, 422, "invalid_field"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[0]} {wrong[1]} {wrong[4]}")
def test_a_wrong_request_changes_nothing(api: Api, wrong: tuple[str, str, dict[str, Any], int, str]) -> None:
    method, call, body, status, code = wrong
    address = f"/api/v1/screenings/{api.screening}/allotments"
    with api.client(Role.SUPERVISOR) as client:
        before = client.get(address).json()
        problem(client.request(method, f"{address}{call}", json=body), status, code)
        assert client.get(address).json() == before
        problem(client.get("/api/v1/screenings/nowhere/allotments"), 404, "unknown_screening")
    with api.client(Role.DOOR) as client:
        problem(client.get(address), 403, "forbidden")
