"""Wrong requests about accreditations: a clear problem each, and nothing changes."""

import uuid
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role

ALL = "/api/v1/festivals/{festival}/accreditations"
ONE = "/api/v1/accreditations/{accreditation}"
DAYS: dict[str, Any] = {"first_day": "2026-11-24", "last_day": "2026-11-27"}
HOLDER = {"name": "Dana", "organisation": "The Gazette"}
WISH: dict[str, Any] = {
    "request": str(uuid.UUID(int=5)),
    "category": "press",
    "entitlement": DAYS,
    "holders": [HOLDER],
}
TERMS: dict[str, Any] = {"category": "press", "entitlement": DAYS, "holder": HOLDER, "made_from": ""}
WRONG: list[tuple[str, str, Any, int, str]] = [
    ("POST", ALL, {}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"colour": "red"}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"category": "king"}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"holders": []}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"holders": [HOLDER] * 201}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"holders": [HOLDER | {"name": "a\x00b"}]}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"holders": [HOLDER | {"email": "nobody"}]}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"entitlement": DAYS | {"last_day": "2026-11-23"}}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"entitlement": DAYS | {"screenings_per_day": 0}}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"entitlement": DAYS | {"screenings": ["nowhere"]}}, 422, "invalid_field"),
    ("POST", ALL, WISH | {"entitlement": DAYS | {"cities": ["x"] * 51}}, 422, "invalid_field"),
    ("POST", "/api/v1/festivals/nowhere/accreditations", WISH, 404, "unknown_festival"),
    ("PUT", ONE, TERMS | {"holder": {"name": "Dana"}}, 422, "invalid_field"),
    ("PUT", ONE, {"category": "press", "entitlement": DAYS, "holder": HOLDER}, 422, "invalid_field"),
    ("PUT", ONE, TERMS | {"category": "jury"}, 409, "changed_meanwhile"),
    ("PUT", "/api/v1/accreditations/BK7Q29XFMABCD", TERMS, 404, "unknown_accreditation"),
    ("POST", ONE + "/reissue", {"revision": 0}, 422, "invalid_field"),
    ("POST", ONE + "/reissue", {"revision": 2}, 422, "invalid_field"),
    ("POST", ONE + "/mail", {"request": "x"}, 422, "invalid_field"),
    ("POST", ONE + "/mail", {"request": str(uuid.UUID(int=6))}, 422, "invalid_field"),
    ("PUT", ONE + "/photo", {"no": "picture"}, 422, "invalid_field"),
    ("GET", ONE + "/badge.pdf?secret=nonsense", None, 404, "unknown_accreditation"),
    ("GET", ONE + "/qr.svg", None, 422, "invalid_field"),
    ("GET", "/api/v1/festivals/{festival}/badges.pdf", None, 422, "invalid_field"),
    (
        "GET",
        "/api/v1/festivals/{festival}/badges.pdf?accreditation=BK7Q29XFMABCD",
        None,
        404,
        "unknown_accreditation",
    ),
]


def test_wrong_requests_change_nothing(api: Api) -> None:
    address = ALL.format(festival=api.festival)
    with api.client(Role.ORGANISER) as client:
        made = client.post(address, json=WISH | {"request": str(uuid.UUID(int=4))})
        assert made.status_code == 201
        (one,) = made.json()
        before = client.get(address).json()
        for method, call, body, status, code in WRONG:
            asked = call.format(festival=api.festival, accreditation=one["accreditation"])
            problem(client.request(method, asked, json=body), status, code)
        problem(client.post(address, json=WISH | {"request": str(uuid.UUID(int=4)), "category": "jury"}), 422,
                "idempotency_mismatch")  # fmt: skip
        unknown = TERMS | {"entitlement": DAYS | {"venues": ["nowhere"]}, "made_from": one["version"]}
        problem(client.put(ONE.format(accreditation=one["accreditation"]), json=unknown), 422, "invalid_field")
        assert client.get(address).json() == before
        pdf = client.get(f"/api/v1/festivals/{api.festival}/badges.pdf?accreditation={one['accreditation']}")
        assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")


@pytest.mark.parametrize("role", [None, Role.DOOR, Role.SUPERVISOR])
def test_they_are_the_organisers_business(api: Api, role: Role | None) -> None:
    with api.client(role) as client:
        refused = client.get(ALL.format(festival=api.festival))
        problem(refused, 401 if role is None else 403, "unauthenticated" if role is None else "forbidden")
