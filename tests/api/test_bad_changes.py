"""Crafted changes of an order over JSON: each is a clear problem, and the order stays what it was."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_bad_input import problem
from tests.api.test_payments import notice, place, tell


@pytest.fixture
def bought(api: Api) -> dict[str, Any]:
    """A paid order."""
    order = place(api)
    assert tell(api, *notice(api, order)).status_code < 300
    return order


CHANGES = [
    ("cancellation", {"tickets": []}, 422, "invalid_field"),
    ("cancellation", {"tickets": ["x"] * 1000}, 422, "invalid_field"),
    ("cancellation", {"tickets": ["\x00"]}, 404, "unknown_ticket"),
    ("cancellation", {"tickets": ["x"]}, 404, "unknown_ticket"),
    ("cancellation", {"refund": 10**9}, 422, "invalid_field"),
    ("exchange", {"hold": "\x00", "ticket": "x"}, None, None),
    ("exchange", {"hold": "h"}, 422, "invalid_field"),
    ("exchange", {"hold": "h", "ticket": "x", "tickets": [{"ticket": "x"}]}, 422, "invalid_field"),
    ("exchange", {"hold": "h", "tickets": [{"ticket": "x"}] * 1000}, 422, "invalid_field"),
    ("exchange", {"hold": "h", "ticket": "x", "due": -1}, 422, "invalid_field"),
    ("tickets/x/transfer", {"holder": "A"}, 404, "unknown_ticket"),
    ("tickets/MINE/transfer", {"holder": "A\x00"}, 422, "invalid_field"),
    ("tickets/x/transfer", {"holder": "A", "email": "a@b.kz\r\nBcc: c@d.kz"}, 422, "invalid_field"),
    ("tickets/x/transfer", {"holder": "A" * 10_000_000}, 413, "body_too_large"),
]


@pytest.mark.parametrize(("path", "body", "status", "code"), CHANGES)
def test_a_crafted_change_changes_nothing(
    api: Api, bought: dict[str, Any], *, path: str, body: dict[str, Any], status: int | None, code: str | None
) -> None:
    address = f"/api/v1/orders/{bought['order']}"
    path = path.replace("MINE", bought["tickets"][0]["ticket"])
    mine = {"authorization": f"Bearer {bought['secret']}"}
    with api.client() as client:
        before = client.get(address, headers=mine).json()
        answer = client.post(f"{address}/{path}", json=body, headers=mine)
        if status is None:
            assert 400 <= answer.status_code < 500, answer.text
        else:
            problem(answer, status, code or "")
        assert client.get(address, headers=mine).json() == before
        stranger = client.post(f"{address}/{path}", json=body, headers={"authorization": "Bearer wrong"})
        assert 400 <= stranger.status_code < 500
        assert client.get(address, headers=mine).json() == before
