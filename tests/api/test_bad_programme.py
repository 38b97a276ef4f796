"""Wrong requests to the programme's desk: a clear problem each, and nothing changes."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from tests.factories import make_layout
from ticketing.programme.halls.own import hall_document
from ticketing.staff.model import Role

FILM: dict[str, Any] = {
    "original_title": "Jaguar",
    "title": {"fr": "Jaguar"},
    "directors": ["Jean Rouch"],
    "year": 1967,
    "running_minutes": 92,
    "age_category": "6+",
}
HALL: dict[str, Any] = {"venue": "venue-of-hall-2", "name": {"en": "Blue hall"}}
SEAT_MAP: dict[str, Any] = hall_document(make_layout(rows=2, seats=3))
NEVER = "0" * 24
WRONG: list[tuple[str, str, Any, int, str]] = [
    ("GET", "desk/nothing", None, 422, "invalid_field"),
    ("GET", "desk/film?limit=1001", None, 422, "invalid_field"),
    ("GET", "desk/film?cursor=%00", None, 422, "invalid_field"),
    ("GET", "desk/film/nowhere", None, 404, "unknown_entry"),
    ("GET", "desk/film/%00", None, 404, "unknown_entry"),
    ("POST", "desk/film", {}, 422, "invalid_field"),
    ("POST", "desk/film", {"fields": []}, 422, "invalid_field"),
    ("POST", "desk/film", {"fields": {}, "colour": "red"}, 422, "invalid_field"),
    ("POST", "desk/film", {"fields": {}}, 422, "entry_refused"),
    ("POST", "desk/film", {"fields": FILM | {"film": "a\x00b"}}, 422, "entry_refused"),
    ("POST", "desk/film", {"fields": FILM | {"year": 10**400}}, 422, "entry_refused"),
    ("POST", "desk/film", {"fields": FILM | {"director": "x"}}, 422, "entry_refused"),
    ("POST", "desk/film", {"fields": FILM | {"title": "Jaguar"}}, 422, "entry_refused"),
    ("POST", "desk/hall", {"fields": {"venue": "x", "name": {"en": "x"}}}, 422, "entry_refused"),
    ("POST", "desk/hall", {"fields": HALL, "seat_map": []}, 422, "invalid_field"),
    ("POST", "desk/hall", {"fields": HALL, "seat_map": {"format": "ticketing-hall/1"}}, 422, "hall_refused"),
    ("POST", "desk/hall", {"fields": HALL | {"venue": "nowhere"}, "seat_map": SEAT_MAP}, 422, "entry_refused"),
    ("POST", "desk/film", {"fields": FILM, "seat_map": SEAT_MAP}, 422, "invalid_field"),
    ("POST", "desk/price_list", {"fields": {"festival": "x", "amounts": [1]}}, 422, "entry_refused"),
    ("POST", "desk/screening", {"fields": {"hall": "\x00", "starts_at": "0001-01-01T00:00"}}, 422, "entry_refused"),
    ("POST", "desk/screening", {"fields": {"version": {"a": 1}, "starts_at": [1]}}, 422, "entry_refused"),
    ("PUT", "desk/film/nowhere", {"fields": FILM | {"film": "nowhere"}, "made_from": NEVER}, 404, "unknown_entry"),
    ("PUT", "desk/screening/{screening}", {"fields": {}, "made_from": NEVER}, 422, "invalid_field"),
    ("PUT", "desk/film/nowhere", {"fields": FILM, "made_from": "x"}, 422, "invalid_field"),
    ("DELETE", "desk/festival/{festival}", None, 409, "entry_in_use"),
    ("DELETE", "desk/zone/{festival}:stalls", None, 409, "entry_in_use"),
    ("DELETE", "desk/screening/{screening}", None, 409, "entry_in_use"),
    ("POST", "screenings/{screening}/copies", {"starts": []}, 422, "invalid_field"),
    ("POST", "screenings/{screening}/copies", {"starts": ["2099-01-01T10:00:00Z"]}, 422, "invalid_field"),
    ("POST", "screenings/{screening}/copies", {"starts": ["2020-01-01T10:00:00"]}, 422, "entry_refused"),
    ("POST", "screenings/{screening}/copies", {"starts": ["0001-01-01T00:00:00"]}, 422, "invalid_field"),
    ("POST", "screenings/{screening}/copies", {"starts": ["9999-12-31T23:59:59"]}, 422, "invalid_field"),
    ("POST", "screenings/nowhere/copies", {"starts": ["2099-01-01T10:00:00"]}, 404, "unknown_entry"),
    ("POST", "screenings/{screening}/cancellation", {}, 422, "invalid_field"),
    ("POST", "screenings/{screening}/cancellation", {"way": "none"}, 422, "invalid_field"),
    ("POST", "screenings/{screening}/cancellation", {"way": "refund", "reason": {"de": "x"}}, 422, "invalid_field"),
    (
        "POST",
        "screenings/{screening}/cancellation",
        {"way": "refund", "reason": {"en": "\x00"}},
        422,
        "invalid_field",
    ),
    ("POST", "screenings/nowhere/cancellation", {"way": "refund"}, 404, "unknown_screening"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[0]} {wrong[1]} {wrong[4]}")
def test_a_wrong_request_changes_nothing(api: Api, wrong: tuple[str, str, Any, int, str]) -> None:
    method, call, body, status, code = wrong
    address = f"/api/v1/{call.format(festival=api.festival, screening=api.screening)}"
    with api.client(Role.ORGANISER) as client:
        before = [client.get(f"/api/v1/desk/{table}").json() for table in ("film", "screening", "zone")]
        problem(client.request(method, address, json=body), status, code)
        assert [client.get(f"/api/v1/desk/{table}").json() for table in ("film", "screening", "zone")] == before
    with api.client(Role.SUPERVISOR) as client:
        problem(client.request(method, address, json=body), 403, "forbidden")


def test_an_entry_is_added_changed_by_one_at_a_time_and_deleted(api: Api) -> None:
    with api.client(Role.ORGANISER) as client:
        made = client.post("/api/v1/desk/film", json={"fields": FILM})
        assert (made.status_code, made.json()["entry"]["key"]) == (201, "jaguar")
        assert client.post("/api/v1/desk/film", json={"fields": FILM}).json() == made.json() | {"changed": []}
        problem(
            client.post("/api/v1/desk/film", json={"fields": FILM | {"film": "jaguar", "year": 1968}}),
            409,
            "entry_exists",
        )
        entry = made.json()["entry"]
        change = {"fields": entry["fields"] | {"year": 1968}, "made_from": entry["version"]}
        first = client.put("/api/v1/desk/film/jaguar", json=change)
        assert first.json()["changed"] == ["year"]
        assert client.put("/api/v1/desk/film/jaguar", json=change).json()["changed"] == []
        late = {"fields": entry["fields"] | {"year": 1969}, "made_from": entry["version"]}
        told = problem(client.put("/api/v1/desk/film/jaguar", json=late), 409, "changed_meanwhile")
        assert (told["changed"], told["version"]) == (["year"], first.json()["entry"]["version"])
        assert client.delete("/api/v1/desk/film/jaguar").status_code == 204
        assert client.delete("/api/v1/desk/film/jaguar").status_code == 204


def test_a_hall_is_made_with_its_seat_map_once(api: Api) -> None:
    wanted = {"fields": HALL, "seat_map": SEAT_MAP}
    with api.client(Role.ORGANISER) as client:
        [venue] = [one["key"] for one in client.get("/api/v1/desk/venue").json()["entries"]]
        wanted["fields"] = HALL | {"venue": venue}
        made = client.post("/api/v1/desk/hall", json=wanted)
        assert (made.status_code, made.json()["entry"]["key"]) == (201, "blue-hall")
        assert client.get("/api/v1/halls/blue-hall/file").json() == SEAT_MAP
        assert client.post("/api/v1/desk/hall", json=wanted).json() == made.json() | {"changed": []}
        # Somebody has drawn it anew: what is sent again does not write over that.
        layout = client.get("/api/v1/halls/blue-hall").json()["layout"]
        larger = hall_document(make_layout(rows=3, seats=3))
        drawing = {"venue": venue, "name": HALL["name"], "document": larger, "based_on": layout}
        assert client.put("/api/v1/halls/blue-hall", json=drawing).status_code == 200
        problem(client.post("/api/v1/desk/hall", json=wanted), 409, "entry_exists")
        assert client.get("/api/v1/halls/blue-hall/file").json() == larger
        told = client.get("/api/v1/staff/audit?subject=blue-hall").json()["lines"]
        assert [line["act"] for line in told] == ["hall_saved", "programme_added"]
        assert told[1]["detail"]["seat_map"] is True
