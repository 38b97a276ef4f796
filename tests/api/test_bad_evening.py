"""Wrong requests to the calls made before the film: a clear problem each, and the house stays as it was."""

import uuid
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role

# The same in each worker, since tests are named after their calls.
SOME_ID = str(uuid.UUID(int=7))
GUEST = {"guest": SOME_ID, "name": "Әсел"}
ARRIVALS = f"guests/{SOME_ID}/arrivals"
ARRIVAL: dict[str, Any] = {"arrival": SOME_ID, "people": 1, "gate": "north"}
NUL, LONG = "a\x00b", "x" * 300
WRONG: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "no-shows/restored", {}, 422, "invalid_field"),
    ("POST", "no-shows/restored", {"ticket": 7}, 422, "invalid_field"),
    ("POST", "no-shows/restored", {"ticket": "K7Q29XFMK7Q2"}, 404, "unknown_ticket"),
    ("POST", "no-shows/restored", {"ticket": NUL}, 422, "invalid_field"),
    ("POST", "no-shows", {}, 409, "no_shows_not_due"),
    ("POST", "rush", {}, 422, "invalid_field"),
    ("POST", "rush", {"rush": "no-uuid"}, 422, "invalid_field"),
    ("POST", "rush", {"rush": SOME_ID, "seat": "Z-99"}, 422, "unknown_seats"),
    ("POST", "rush", {"rush": SOME_ID, "colour": "red"}, 422, "invalid_field"),
    ("POST", "broken-seats", {}, 422, "invalid_field"),
    ("POST", "broken-seats", {"seat": ""}, 422, "invalid_field"),
    ("POST", "broken-seats", {"seat": "Z-99"}, 422, "unknown_seats"),
    ("POST", "broken-seats", {"seat": NUL}, 422, "unknown_seats"),
    ("POST", "broken-seats", {"seat": "parterre#1"}, 422, "unknown_seats"),
    ("POST", "broken-seats", {"seat": "A-1", "note": NUL}, 422, "invalid_field"),
    ("POST", "broken-seats", {"seat": "A-1", "note": LONG}, 422, "invalid_field"),
    ("POST", "broken-seats/repaired", {"seat": LONG}, 422, "invalid_field"),
    ("PUT", "guest-list", {"places_max": -1}, 422, "invalid_field"),
    ("PUT", "guest-list", {"places_max": 10**30}, 422, "invalid_field"),
    ("PUT", "guest-list", {"places_max": 5, "allotment": "nowhere"}, 422, "invalid_field"),
    ("PUT", "guest-list", {"places_max": 5, "allotment": "'; --"}, 422, "invalid_field"),
    ("POST", "guests", GUEST, 409, "guests_beyond_list"),
    ("POST", "guests", GUEST | {"name": " "}, 422, "invalid_field"),
    ("POST", "guests", GUEST | {"name": NUL}, 422, "invalid_field"),
    ("POST", "guests", GUEST | {"plus_ones": 21}, 422, "invalid_field"),
    ("POST", "guests", GUEST | {"guest": "x"}, 422, "invalid_field"),
    ("POST", ARRIVALS, ARRIVAL | {"people": 0}, 422, "invalid_field"),
    ("POST", ARRIVALS, ARRIVAL | {"gate": NUL}, 422, "invalid_field"),
    ("POST", ARRIVALS, ARRIVAL, 404, "unknown_guest"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[0]} {wrong[1]} {wrong[4]}")
def test_a_wrong_request_changes_nothing(api: Api, wrong: tuple[str, str, dict[str, Any], int, str]) -> None:
    method, call, body, status, code = wrong
    address = f"/api/v1/screenings/{api.screening}"
    with api.client(Role.SUPERVISOR) as client:
        before = client.get(f"{address}/house").json()
        problem(client.request(method, f"{address}/{call}", json=body), status, code)
        assert client.get(f"{address}/house").json() == before


@pytest.mark.parametrize("screening", ["nowhere", "'; drop table ticket; --", "x" * 300])
def test_no_such_screening(api: Api, screening: str) -> None:
    with api.client(Role.SUPERVISOR) as client:
        for call in ("house", "guests"):
            problem(client.get(f"/api/v1/screenings/{screening}/{call}"), 404, "unknown_screening")
        answer = client.post(f"/api/v1/screenings/{screening}/broken-seats", json={"seat": "A-1"})
        problem(answer, 404, "unknown_screening")


def test_the_door_may_look_and_not_decide(api: Api) -> None:
    address = f"/api/v1/screenings/{api.screening}"
    with api.client(Role.DOOR) as client:
        assert client.get(f"{address}/house").status_code == 200
        for method, call, body, _, _ in WRONG:
            if "arrivals" not in call:
                problem(client.request(method, f"{address}/{call}", json=body), 403, "forbidden")
