"""Wrong requests to the staff's own calls: refused clearly, and nothing is changed."""

import uuid

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role


@pytest.mark.parametrize(
    "query",
    [
        {"login": ""},
        {"login": "a\x00b"},
        {"login": "x" * 65},
        {"act": "Robert'); drop table audit; --"},
        {"subject": "\x07"},
        {"subject": "x" * 129},
        {"since": "yesterday"},
        {"since": "2026-11-24T18:00:00Z", "until": "2026-11-20T18:00:00Z"},
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "x"},
        {"cursor": "9" * 30},
        {"cursor": "-1"},
    ],
)
def test_what_can_t_be_looked_for_in_the_audit(api: Api, query: dict[str, str]) -> None:
    with api.client(Role.SUPERVISOR) as client:
        problem(client.get("/api/v1/staff/audit", params=query), 422, "invalid_field")


def test_the_audit_is_for_supervisors(api: Api) -> None:
    with api.client() as client:
        problem(client.get("/api/v1/staff/audit"), 401, "unauthenticated")
    with api.client(Role.DOOR) as client:
        problem(client.get("/api/v1/staff/audit"), 403, "forbidden")
        problem(client.get("/api/v1/staff/sessions", params={"everybody": "true"}), 403, "forbidden")
    with api.client(Role.SUPERVISOR) as client:
        page = client.get("/api/v1/staff/audit", params={"act": "signed_in", "limit": 2}).json()
        assert [line["act"] for line in page["lines"]] == ["signed_in"] * 2
        older = client.get("/api/v1/staff/audit", params={"act": "signed_in", "cursor": page["next"]}).json()
        assert older["lines"][0]["line"] < page["lines"][-1]["line"]


def test_a_wrong_name_of_a_sign_in_ends_nothing(api: Api) -> None:
    with api.client(Role.SUPERVISOR) as client:
        everybody = client.get("/api/v1/staff/sessions", params={"everybody": "true"}).json()["sessions"]
        admin = next(one["session"] for one in everybody if one["role"] == "admin")
        problem(client.delete(f"/api/v1/staff/sessions/{admin}"), 403, "forbidden")
        assert client.delete(f"/api/v1/staff/sessions/{uuid.uuid4()}").status_code == 204
        assert client.delete("/api/v1/staff/sessions/no-uuid").status_code in (404, 422)
        after = client.get("/api/v1/staff/sessions", params={"everybody": "true"}).json()["sessions"]
        assert {one["session"] for one in after} == {one["session"] for one in everybody}
