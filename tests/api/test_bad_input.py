"""Whatever is wrong with a request, it gets a clear problem in the caller's language, and changes nothing."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import BODY_BYTES_MAX, Api
from ticketing.kernel import errors
from ticketing.staff.guards import access_rule_missing
from ticketing.staff.model import Role

PROBLEM = "application/problem+json"
# Signs of the inside of a server, in whatever it says to the outside.
INSIDE = ("Traceback", 'File "/', "asyncpg", "litestar", "msgspec", "site-packages", "redis.")


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, with all that every problem has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith(PROBLEM)
    told: dict[str, Any] = response.json()
    assert told["code"] == code, told
    assert told["status"] == status
    assert {"type", "title", "status", "detail", "code", "transient"} <= set(told)
    assert not [sign for sign in INSIDE if sign in response.text]
    return told


def test_every_handler_says_who_may(api: Api) -> None:
    # A door left open by forgetting looks like one left open on purpose.
    assert access_rule_missing(api.app) == []


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
@pytest.mark.parametrize("path", ["/api/v1/screenings/nowhere/availability", "/api/v1/holds/nowhere"])
def test_problems_speak_the_callers_language(api: Api, language: str, path: str) -> None:
    with api.client(language=language) as client:
        response = client.get(path)
    told = problem(response, 404, "unknown_screening" if "screenings" in path else "unknown_hold")
    assert response.headers["content-language"] == language
    with api.client() as client:
        english = client.get(path).json()
    assert (told["detail"] == english["detail"]) == (language == "en")


HOLD = {"seats": ["A-1"]}
BUYER = {"email": "a@example.org", "name": "A"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"seats": ["A-1"], "colour": "red"}, "invalid_field"),
        ({}, "invalid_field"),
        ({"seats": ["A-1"], "area": "parterre", "count": 1}, "invalid_field"),
        ({"seats": []}, "invalid_field"),
        ({"seats": ["A-1"] * 101}, "invalid_field"),
        ({"seats": ["A-1", "A-1"]}, "invalid_field"),
        ({"seats": "A-1"}, "invalid_field"),
        ({"seats": ["\x00"]}, "unknown_seats"),
        ({"seats": ["'; drop table ticket; --"]}, "unknown_seats"),
        ({"best": {"count": 0}}, "invalid_field"),
        ({"best": {"count": 10**30}}, "invalid_field"),
        ({"best": {"count": 2, "zone": "nowhere"}}, "invalid_field"),
        ({"best": {"count": 1, "wheelchair": 2}}, "invalid_field"),
        ({"area": "nowhere", "count": 1}, "unknown_seats"),
        (None, "invalid_field"),
        ([], "invalid_field"),
    ],
)
def test_a_wrong_hold_is_refused_and_changes_nothing(api: Api, body: Any, code: str) -> None:
    with api.client() as client:
        before = client.get(f"/api/v1/screenings/{api.screening}/availability").json()["revision"]
        problem(client.post(f"/api/v1/screenings/{api.screening}/holds", json=body), 422, code)
        assert client.get(f"/api/v1/screenings/{api.screening}/availability").json()["revision"] == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"seats": ["A-1"]',
        b'{"seats": ["\\ud800"]}',
        b'{"seats": ["\xff"]}',
        b"\x00\x01\x02",
        b"NaN",
        b"[" * 100_000,
        b'{"seats":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
    ids=["empty", "cut", "open", "surrogate", "no utf-8", "bytes", "nan", "deep", "deep and closed"],
)
def test_what_is_no_json_is_refused(api: Api, body: bytes) -> None:
    with api.client() as client:
        response = client.post(
            f"/api/v1/screenings/{api.screening}/holds", content=body, headers={"content-type": "application/json"}
        )
    problem(response, 422, "invalid_field")


@pytest.mark.parametrize(
    ("name", "code"),
    [("\x00", "invalid_field"), ("A\x00B", "invalid_field"), (" ", "invalid_field"), ("x" * 201, "invalid_field")],
)
def test_a_text_that_can_t_be_kept_is_refused(api: Api, name: str, code: str) -> None:
    with api.client() as client:
        hold = client.post(f"/api/v1/screenings/{api.screening}/holds", json={"best": {"count": 1}}).json()
        tickets = [{"seat": hold["seats"][0], "tariff": "full"}]
        order = {"holds": [{"hold": hold["hold"], "tickets": tickets}], "buyer": BUYER | {"name": name}}
        response = client.post(
            "/api/v1/orders", json=order | {"payment": "demo"}, headers={"idempotency-key": f"name {len(name)}"}
        )
        problem(response, 422, code)
        client.delete(f"/api/v1/holds/{hold['hold']}")


def test_a_body_too_large_is_refused_before_it_is_read(api: Api) -> None:
    with api.client() as client:
        large = {"seats": ["x" * BODY_BYTES_MAX]}
        told = problem(client.post(f"/api/v1/screenings/{api.screening}/holds", json=large), 413, "body_too_large")
    assert told["bytes_max"] == BODY_BYTES_MAX


def test_a_body_too_large_that_hides_its_length_is_refused(api: Api) -> None:
    def pieces() -> Any:
        for _ in range(BODY_BYTES_MAX // 1000 + 2):
            yield b" " * 1000

    with api.client() as client:
        response = client.post(
            f"/api/v1/screenings/{api.screening}/holds",
            content=pieces(),
            headers={"content-type": "application/json"},
        )
    problem(response, 413, "body_too_large")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_method_an_address_does_not_take(api: Api, method: str) -> None:
    with api.client() as client:
        response = client.request(method, "/api/v1/programme")
    problem(response, 405, "method_not_allowed")
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1/screenings/%00/availability",
        "/api/v1/screenings/%ff/availability",
        "/api/v1/screenings/..%2f..%2fetc%2fpasswd",
        "/api/v1/holds/%F0%9F%8E%AC",
        "/api/v1/screenings/" + "x" * 5000 + "/availability",
        "/api/v1/openapi",
        "/api/v1/openapi/openapi.json",
    ],
)
def test_an_address_where_nothing_is(api: Api, path: str) -> None:
    with api.client() as client:
        response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith(PROBLEM)
    assert not [sign for sign in INSIDE if sign in response.text]


@pytest.mark.parametrize(
    "query", ["date=2024-13-45", "limit=0", "limit=x", "limit=9999999999999999999999", "cursor=%00"]
)
def test_a_wrong_query_is_refused(api: Api, query: str) -> None:
    with api.client() as client:
        problem(client.get(f"/api/v1/programme?{query}"), 422, "invalid_field")


def test_an_order_without_its_key_is_refused(api: Api) -> None:
    with api.client() as client:
        for headers in ({}, {"idempotency-key": ""}, {"idempotency-key": "x" * 256}):
            order = {"holds": [{"hold": "x", "tickets": [{"seat": "A-1", "tariff": "full"}]}], "buyer": BUYER}
            problem(client.post("/api/v1/orders", json=order, headers=headers), 400, "idempotency_key_missing")


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "A" * 43, "Bearer \xff\xfe"])
def test_staff_only_with_a_token(api: Api, token: str) -> None:
    with api.client() as client:
        headers = {"authorization": token.encode("latin-1")}
        response = client.get(f"/api/v1/screenings/{api.screening}/capacity", headers=headers)  # type: ignore[arg-type]
    problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_wrong_role_is_told_so(api: Api) -> None:
    with api.client(Role.DOOR) as client:
        problem(client.get(f"/api/v1/screenings/{api.screening}/capacity"), 403, "forbidden")


@pytest.mark.parametrize("code", ["x", "0" * 138, "%" * 138, "Ж" * 138, " " * 200, "A" * 7089, "\x00"])
def test_a_forged_code_is_a_verdict_and_no_fault(api: Api, code: str) -> None:
    scan = {"scan": "2f1c8f9e-5a5b-4c1e-9d57-3f4c2b1a0d9e", "code": code, "gate": "north"}
    with api.client(Role.DOOR) as client:
        response = client.post("/api/v1/door/scans", json=scan)
    assert response.status_code == 200, response.text
    assert response.json()["verdict"] == "forged"


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /api/v1/programme HTTP/1.1\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /api/v1/programme HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/v1/orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET /api/v1/programme HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=["no host", "no request", "negative length", "no chunk", "long header"],
)
def test_what_is_hardly_http_tells_nothing_and_the_server_lives_on(api: Api, raw: bytes) -> None:
    where = urlsplit(api.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)
    connection.connect()
    try:
        connection.sock.sendall(raw)
        said = connection.sock.recv(65536)
    except OSError:
        said = b""
    finally:
        connection.close()
    assert not [sign for sign in INSIDE if sign.encode() in said]
    with api.client() as client:
        assert client.get("/health/live").status_code == 200


def test_every_code_stands_in_the_document(api: Api) -> None:
    # Those of the command, of pages and of parts that have no address of their own in the API.
    elsewhere = {
        "malformed", "conflict", "unavailable", "internal", "not_found", "unforeseen", "method_not_allowed",
        "import_refused", "staff_exists", "unknown_staff", "unknown_key", "key_in_use", "keys_used_up", "id_taken",
        "unknown_report", "forbidden_form", "form_expired",
        "unknown_film", "payment_unavailable", "refund_refused",
        "offer_over",
        "unknown_device", "enrolment_over", "unknown_upload",
        "allotment_link_over", "allotment_link_used_up",
        "invitation_withdrawn", "invitations_full", "too_many_companions",
    }  # fmt: skip
    with api.client() as client:
        document = client.get("/api/v1/openapi.json").json()
    text = json.dumps(document["paths"])
    missing = {error.code for error in errors.every_error() if f"`{error.code}`" not in text} - elsewhere
    assert missing == set()


def test_the_document_says_what_each_problem_looks_like(api: Api) -> None:
    with api.client() as client:
        document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and not path.startswith("/health"):
                    assert list(response["content"]) == [PROBLEM], (method, path, status)
    assert document["components"]["schemas"]["HoldRequest"]["additionalProperties"] is False
