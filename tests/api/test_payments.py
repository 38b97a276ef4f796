"""Payments over HTTP: forged, replayed, of others, too large. Nothing changes, and nothing is a fault of ours."""

import json
import secrets
from typing import Any

import httpx
import pytest

from tests.api.conftest import BODY_BYTES_MAX, Api
from tests.api.test_bad_input import BUYER, problem
from ticketing.staff.model import Role


@pytest.fixture
def order(api: Api) -> dict[str, Any]:
    return place(api)


def place(api: Api) -> dict[str, Any]:
    """An order that waits for its payment."""
    with api.client() as client:
        hold = client.post(f"/api/v1/screenings/{api.screening}/holds", json={"best": {"count": 1}}).json()
        body = {
            "holds": [{"hold": hold["hold"], "tickets": [{"seat": hold["seats"][0], "tariff": "full"}]}],
            "buyer": BUYER,
            "payment": "demo",
        }
        placed = client.post("/api/v1/orders", json=body, headers={"idempotency-key": secrets.token_hex(8)})
        assert placed.status_code == 201
        return dict(placed.json())


def status_of(api: Api, order: dict[str, Any]) -> str:
    with api.client() as client:
        shown = client.get(
            f"/api/v1/orders/{order['order']}", headers={"authorization": f"Bearer {order['secret']}"}
        )
    return str(shown.json()["status"])


def notice(api: Api, order: dict[str, Any], **change: Any) -> tuple[bytes, dict[str, str]]:
    """A notice of the demo bank, signed."""
    said = {
        "event": secrets.token_hex(6),
        "charge": order["order"],
        "outcome": "paid",
        "reference": secrets.token_hex(6),
        "amount": order["total"]["amount"],
        "currency": order["total"]["currency"],
    }
    body = json.dumps(said | change).encode()
    return body, {"demo-signature": api.app.state.house.sales.providers.offered("demo").sign(body)}


def tell(api: Api, body: bytes, headers: dict[str, str], provider: str = "demo") -> httpx.Response:
    with api.client() as client:
        return client.post(f"/api/v1/payments/{provider}/webhook", content=body, headers=headers)


def test_a_notice_replayed_is_taken_and_has_one_effect(api: Api, order: dict[str, Any]) -> None:
    told = notice(api, order)
    assert [tell(api, *told).status_code for _ in range(3)] == [200, 200, 200]
    assert status_of(api, order) == "confirmed"


@pytest.mark.parametrize("signature", ["", "0" * 64, "ü", "a" * 5000])
def test_a_forged_notice_is_refused(api: Api, order: dict[str, Any], signature: str) -> None:
    body, _ = notice(api, order)
    headers = {b"demo-signature": signature.encode()}
    with api.client() as client:
        answer = client.post("/api/v1/payments/demo/webhook", content=body, headers=headers)
    problem(answer, 401, "unauthenticated")
    assert status_of(api, order) == "awaiting_payment"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -350_000},
        {"amount": 10**13},
        {"amount": 3500.0001},
        {"currency": "kzt"},
        {"outcome": "perhaps"},
        {"event": ""},
        {"charge": "x" * 41},
        {"reference": None},
        {"extra": 1},
    ],
)
def test_a_signed_notice_that_can_t_be_understood_is_refused(
    api: Api, order: dict[str, Any], change: dict[str, Any]
) -> None:
    problem(tell(api, *notice(api, order, **change)), 422, "invalid_field")
    assert status_of(api, order) == "awaiting_payment"


@pytest.mark.parametrize("change", [{"amount": 349_999}, {"amount": 350_001}, {"currency": "EUR"}])
def test_a_sum_that_is_off_is_kept_and_buys_nothing(
    api: Api, order: dict[str, Any], change: dict[str, Any]
) -> None:
    assert tell(api, *notice(api, order, **change)).status_code == 200
    assert status_of(api, order) == "awaiting_payment"


def test_the_reference_of_another_orders_payment_pays_nothing(api: Api, order: dict[str, Any]) -> None:
    paid = place(api)
    reference = secrets.token_hex(6)
    assert tell(api, *notice(api, paid, reference=reference)).status_code == 200
    assert tell(api, *notice(api, order, reference=reference)).status_code == 200
    assert (status_of(api, paid), status_of(api, order)) == ("confirmed", "awaiting_payment")


def test_the_till_takes_the_money_of_an_order_once(api: Api, order: dict[str, Any]) -> None:
    payment = {"receipt": secrets.token_hex(6), "method": "card", "money": order["total"]}
    address = f"/api/v1/orders/{order['order']}/counter-payment"
    with api.client(Role.SUPERVISOR) as client:
        answers = [client.post(address, json=payment) for _ in range(2)]
        assert [(one.status_code, one.json()["status"]) for one in answers] == [(200, "confirmed")] * 2
        # Whoever takes the money does not get the buyer's tickets and address with it.
        assert answers[0].json()["secret"] is None
        assert answers[0].json()["buyer"] is None
        problem(client.post(address, json=payment | {"receipt": "another"}), 409, "order_not_payable")
        assert client.get("/api/v1/counter/refunds").json() == {"refunds": []}
        problem(client.post("/api/v1/counter/refunds/0/settlement"), 404, "unknown_refund")


def test_a_notice_of_ten_megabytes_is_refused_unread(api: Api) -> None:
    answer = tell(api, b"{" + b" " * 10_000_000, {"demo-signature": "0" * 64})
    told = problem(answer, 413, "body_too_large")
    assert told["bytes_max"] == BODY_BYTES_MAX


@pytest.mark.parametrize("provider", ["stripe", "kaspi", "..", "%00"])
def test_nobody_listens_for_a_provider_that_is_off(api: Api, provider: str) -> None:
    assert tell(api, b"{}", {}, provider).status_code in (404, 422)


@pytest.mark.parametrize("role", [None, Role.DOOR])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/orders/22222222/counter-payment"),
        ("GET", "/api/v1/counter/refunds"),
        ("POST", "/api/v1/counter/refunds/1/settlement"),
    ],
)
def test_the_till_is_for_the_box_office(api: Api, role: Role | None, method: str, path: str) -> None:
    payment = {"receipt": "R-1", "method": "cash", "money": {"amount": 1, "currency": "KZT"}}
    with api.client(role) as client:
        answer = client.request(method, path, json=payment if "payment" in path else None)
    problem(answer, 403 if role else 401, "forbidden" if role else "unauthenticated")


@pytest.mark.parametrize(
    "change",
    [
        {"receipt": ""},
        {"receipt": "x" * 65},
        {"receipt": "two words"},
        {"method": "promise"},
        {"money": {"amount": 350_000}},
        {"money": 350_000},
        {"paid": True},
    ],
)
def test_a_taking_that_can_t_be_understood_is_refused(
    api: Api, order: dict[str, Any], change: dict[str, Any]
) -> None:
    payment = {"receipt": "R-1", "method": "cash", "money": order["total"]}
    with api.client(Role.SUPERVISOR) as client:
        answer = client.post(f"/api/v1/orders/{order['order']}/counter-payment", json=payment | change)
    problem(answer, 422, "invalid_field")
    assert status_of(api, order) == "awaiting_payment"
