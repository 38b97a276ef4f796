"""Changes of seats as they are seen by whoever watches."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Api
from ticketing.staff.model import Role


def events(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event's name and data."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_a_viewer_sees_a_snapshot_and_then_each_change(api: Api) -> None:
    path = f"/api/v1/screenings/{api.screening}"
    with api.client() as viewer, api.client() as buyer, viewer.stream("GET", f"{path}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        seen = events(response)
        name, snapshot = next(seen)
        assert (name, snapshot) == ("snapshot", buyer.get(f"{path}/availability").json())
        hold = buyer.post(f"{path}/holds", json={"seats": ["B-1", "B-2"]}).json()
        assert next(seen) == (
            "change",
            {"revision": snapshot["revision"] + 1, "seats": {"B-1": "held", "B-2": "held"}},
        )
        assert buyer.delete(f"/api/v1/holds/{hold['hold']}").status_code == 204
        assert next(seen) == (
            "change",
            {"revision": snapshot["revision"] + 2, "seats": {"B-1": "free", "B-2": "free"}},
        )
    with api.client() as other:
        assert other.get("/health/live").status_code == 200


def test_an_organiser_sees_a_festival_live(api: Api) -> None:
    path = f"/api/v1/festivals/{api.festival}/events"
    with api.client(Role.ORGANISER) as desk, api.client() as buyer, desk.stream("GET", path) as response:
        seen = events(response)
        name, snapshot = next(seen)
        assert name == "snapshot"
        before = next(line for line in snapshot["screenings"] if line["screening"] == api.screening)
        hold = buyer.post(f"/api/v1/screenings/{api.screening}/holds", json={"seats": ["C-1"]}).json()
        name, change = next(seen)
        assert name == "change"
        assert change["screenings"][0]["screening"] == api.screening
        assert change["screenings"][0]["capacity"]["held"] == before["capacity"]["held"] + 1
        buyer.delete(f"/api/v1/holds/{hold['hold']}")


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/api/v1/screenings/nowhere/events", None, 404),
        ("/api/v1/festivals/nowhere/events", Role.ORGANISER, 404),
        ("/api/v1/festivals/nowhere/events", None, 401),
        ("/api/v1/festivals/nowhere/events", Role.DOOR, 403),
    ],
)
def test_what_can_t_be_watched_is_a_problem_and_no_stream(
    api: Api, path: str, role: Role | None, status: int
) -> None:
    with api.client(role) as client:
        response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/problem+json")
