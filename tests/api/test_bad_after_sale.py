"""Wrong requests to the counter after a sale: a clear problem each, and the books stay as they were."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from ticketing.staff.model import Role

# The same in each worker, since tests are named after their calls.
SOME_ID = str(uuid.UUID(int=7))
NUL, LONG, HUGE = "a\x00b", "x" * 600, 10**30
ORDER, TICKET = "K7Q29XFM", "K7Q29XFMK7Q2"
SUM = {"amount": 350_000, "currency": "KZT"}
TAKEN: dict[str, Any] = {"cancellation": SOME_ID, "tickets": [TICKET], "reason": "illness", "money": SUM}
MADE: dict[str, Any] = {"reprint": SOME_ID, "reason": "lost"}
NOW = (datetime.now(UTC) - timedelta(minutes=1)).replace(microsecond=0)
PAPER: dict[str, Any] = {
    "paper": "1",
    "seat": "A-1",
    "tariff": "full",
    "method": "cash",
    "sold_at": NOW.isoformat(),
}
HERE = "/screenings/{screening}/hand-sold"


def stack(**changes: Any) -> dict[str, Any]:
    return {"batch": SOME_ID, "papers": [PAPER | changes]}


WRONG: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("search none", "/counter/search", {}, 422, "invalid_field"),
    ("search long", "/counter/search", {"typed": LONG}, 422, "invalid_field"),
    ("search nul", "/counter/search", {"typed": NUL}, 404, "unknown_order"),
    ("search sql", "/counter/search", {"typed": "'; drop table ticket; --"}, 404, "unknown_order"),
    ("terms empty", f"/counter/orders/{ORDER}/cancellation-terms", {"tickets": []}, 422, "invalid_field"),
    ("terms many", f"/counter/orders/{ORDER}/cancellation-terms", {"tickets": ["x"] * 61}, 422, "invalid_field"),
    ("terms unknown", f"/counter/orders/{ORDER}/cancellation-terms", {"tickets": ["x"]}, 404, "unknown_order"),
    ("terms odd order", "/counter/orders/x%00y/cancellation-terms", {"tickets": ["x"]}, 404, "unknown_order"),
    ("cancel unknown", f"/counter/orders/{ORDER}/cancellation", TAKEN, 404, "unknown_order"),
    ("cancel no id", f"/counter/orders/{ORDER}/cancellation", TAKEN | {"cancellation": "x"}, 422, "invalid_field"),
    ("cancel reason", f"/counter/orders/{ORDER}/cancellation", TAKEN | {"reason": "mood"}, 422, "invalid_field"),
    ("cancel other", f"/counter/orders/{ORDER}/cancellation", TAKEN | {"reason": "other"}, 422, "invalid_field"),
    ("cancel note", f"/counter/orders/{ORDER}/cancellation", TAKEN | {"note": NUL}, 422, "invalid_field"),
    ("cancel more", f"/counter/orders/{ORDER}/cancellation", TAKEN | {"colour": "red"}, 422, "invalid_field"),
    ("reprint unknown", f"/counter/tickets/{TICKET}/reprint", MADE, 404, "unknown_ticket"),
    ("reprint nul", "/counter/tickets/x%00y/reprint", MADE, 404, "unknown_ticket"),
    ("reprint way", f"/counter/tickets/{TICKET}/reprint", MADE | {"way": "fax"}, 422, "invalid_field"),
    ("reprint long", f"/counter/tickets/{TICKET}/reprint", MADE | {"note": LONG}, 422, "invalid_field"),
    ("papers none", HERE, {"batch": SOME_ID, "papers": []}, 422, "invalid_field"),
    ("papers many", HERE, {"batch": SOME_ID, "papers": [PAPER] * 101}, 422, "invalid_field"),
    ("papers no id", HERE, stack() | {"batch": "x"}, 422, "invalid_field"),
    ("paper empty", HERE, stack(paper=""), 422, "invalid_field"),
    ("paper nul", HERE, stack(paper=NUL), 422, "invalid_field"),
    ("paper seat", HERE, stack(seat=NUL), 409, "hand_sold_refused"),
    ("paper tariff", HERE, stack(tariff="'; --"), 409, "hand_sold_refused"),
    ("paper method", HERE, stack(method="barter"), 422, "invalid_field"),
    ("paper no zone", HERE, stack(sold_at="2026-11-20T10:00:00"), 422, "invalid_field"),
    ("paper old", HERE, stack(sold_at="0001-01-01T00:00:00Z"), 409, "hand_sold_refused"),
    ("paper late", HERE, stack(sold_at="9999-12-31T23:59:59Z"), 409, "hand_sold_refused"),
    ("paper huge", HERE, stack(money={"amount": HUGE, "currency": "KZT"}), 422, "invalid_field"),
    ("paper minus", HERE, stack(money={"amount": -1, "currency": "KZT"}), 422, "invalid_field"),
    ("paper euros", HERE, stack(money={"amount": 1, "currency": "EUR"}), 409, "hand_sold_refused"),
    ("paper nowhere", "/screenings/nowhere/hand-sold", stack(), 404, "unknown_screening"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong[0])
def test_a_wrong_request_changes_nothing(api: Api, wrong: tuple[str, str, dict[str, Any], int, str]) -> None:
    _, call, body, status, code = wrong
    capacity = f"/api/v1/screenings/{api.screening}/availability"
    with api.client(Role.SUPERVISOR) as client:
        before = client.get(capacity).json()["counts"]
        problem(client.post("/api/v1" + call.format(screening=api.screening), json=body), status, code)
        assert client.get(capacity).json()["counts"] == before


def test_the_door_may_do_none_of_it(api: Api) -> None:
    with api.client(Role.DOOR) as client:
        for call in {call for _, call, _, _, _ in WRONG}:
            answer = client.post("/api/v1" + call.format(screening=api.screening), json={})
            assert answer.status_code in (403, 422)
            assert answer.json()["code"] in ("forbidden", "invalid_field")
        for call in (f"orders/{ORDER}", f"reprints/{SOME_ID}/ticket.pdf", f"hand-sold/{SOME_ID}"):
            problem(client.get(f"/api/v1/counter/{call}"), 403, "forbidden")
