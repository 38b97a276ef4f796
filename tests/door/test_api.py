"""The door over HTTP: verdicts are answers, faults are problems."""

import gzip
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from tests.door.gate import Gate
from ticketing.door.api import routes
from ticketing.door.desk import Door
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.staff.model import Role
from ticketing.tickets.keys import SigningKeys
from ticketing.web.failures import exception_handlers


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """The door's own routes, asked by somebody of the door."""
    door = Door(context, Catalogue(context), SigningKeys(context))
    app = Litestar(
        list(routes),
        state=State({"context": context}),
        dependencies={"door": Provide(lambda: door, sync_to_thread=False)},
        exception_handlers=exception_handlers(),
        openapi_config=None,
        logging_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tickets.test") as opened:
        opened.headers["Authorization"] = f"Bearer {await Gate(context).factory.staff(Role.DOOR, 'dana')}"
        yield opened


def scan_of(code: str, **fields: Any) -> dict[str, Any]:
    return {"scan": str(uuid.uuid4()), "code": code, "gate": "north", **fields}


async def test_a_scan_and_the_same_again(client: httpx.AsyncClient, gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening)
    scan = scan_of(code)
    first = await client.post("/api/v1/door/scans", json=scan, headers={"Accept-Language": "ru"})
    assert first.status_code == 200
    answer = first.json()
    assert answer["verdict"] == "admitted"
    assert {"ticket", "seat", "tariff", "film", "screening", "first", "counts"} <= set(answer)
    assert (answer["ticket"], answer["seat"], answer["film"]) == (ticket, "A-1", "Королевство зверей")
    assert answer["counts"] == {"admitted": 1, "sold": 1}
    assert (await client.post("/api/v1/door/scans", json=scan, headers={"Accept-Language": "ru"})).json() == answer
    again = (await client.post("/api/v1/door/scans", json=scan_of(code, gate="south"))).json()
    assert again["verdict"] == "already_admitted"
    assert again["first"]["gate"] == "north"
    assert again["first"]["at"] == answer["first"]["at"]
    forged = await client.post("/api/v1/door/scans", json=scan_of("https://example.org"))
    assert (forged.status_code, forged.json()["verdict"]) == (200, "forged")
    assert "first" not in forged.json()


async def test_a_badge_that_nobody_has_is_told_on_a_fresh_connection(client: httpx.AsyncClient, gate: Gate) -> None:
    """The database plans the scan anew there: no badge that was found before has told it what a row looks like."""
    screening = await gate.factory.screening()
    _, code = await gate.sold(screening)
    nobody, fresh = "B" + "2" * 12, gate.context.postgres.expire_connections
    await fresh()
    one = await client.post("/api/v1/door/scans", json=scan_of(nobody))
    assert (one.status_code, one.json()["verdict"]) == (200, "unknown")
    await fresh()
    now = gate.context.clock.now().isoformat()
    scans = [scan_of(text, scanned_at=now) for text in (nobody, code)]
    batch = await client.post("/api/v1/door/scans/batch", json={"scans": scans})
    assert (batch.status_code, [one["verdict"] for one in batch.json()]) == (200, ["unknown", "admitted"])


async def test_a_batch_and_its_conflicts(client: httpx.AsyncClient, gate: Gate) -> None:
    screening = await gate.factory.screening()
    _, code = await gate.sold(screening)
    now = gate.context.clock.now()
    scans = [
        scan_of(code, gate="south", scanned_at=(now - timedelta(minutes=2)).isoformat()),
        scan_of(code, gate="north", scanned_at=(now - timedelta(minutes=5)).isoformat()),
    ]
    answer = await client.post("/api/v1/door/scans/batch", json={"scans": scans})
    assert answer.status_code == 200
    south, north = answer.json()
    assert (north["verdict"], south["verdict"]) == ("admitted", "already_admitted")
    assert (north.get("conflict"), south["conflict"]) == (None, True)
    assert south["first"]["gate"] == south["other"]["gate"] == "north"
    assert (await client.post("/api/v1/door/scans/batch", json={"scans": scans})).json() == [south, north]
    south_scan = scans[0]["scan"]

    url = f"/api/v1/door/conflicts?screening={screening}"
    assert (await client.get(url)).status_code == 403
    supervisor = {"Authorization": f"Bearer {await gate.factory.staff(Role.SUPERVISOR)}"}
    listed = (await client.get(url, headers=supervisor)).json()
    assert [conflict["gate"] for conflict in listed["conflicts"]] == ["south"]
    assert (listed["next"], listed["open"], listed["conflicts"][0]["settlement"]) == (None, 1, None)
    settlement = f"/api/v1/door/conflicts/{south_scan}/settlement"
    for body in (
        {"outcome": "shot"},
        {"note": "x"},
        {"outcome": "may_stay", "note": "x" * 201},
        {"outcome": "\x00"},
    ):
        assert (await client.put(settlement, headers=supervisor, json=body)).status_code == 422, body
    found = {"outcome": "sent_out", "note": "To the box office"}
    settled = (await client.put(settlement, headers=supervisor, json=found)).json()
    assert {name: settled["settlement"][name] for name in found} == found
    other = {"Authorization": f"Bearer {await gate.factory.staff(Role.SUPERVISOR)}", "Accept-Language": "en"}
    refused = await client.put(settlement, headers=other, json={"outcome": "may_stay"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict_settled")
    assert "One was sent out" in refused.json()["detail"]
    assert (await client.get(f"{url}&status=open", headers=supervisor)).json()["conflicts"] == []
    assert (await client.delete(settlement, headers=other)).status_code == 204
    assert (await client.get(f"{url}&status=settled", headers=supervisor)).json()["conflicts"] == []
    for wrong in ("?status=shut", "?limit=0", "?limit=201", "?screening=NO", "?cursor=x", "?cursor=" + "x" * 300):
        refused = await client.get(f"/api/v1/door/conflicts{wrong}", headers=supervisor)
        assert refused.status_code == 422, wrong
        assert refused.headers["content-type"] == "application/problem+json"


async def test_a_snapshot(client: httpx.AsyncClient, gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening)
    await client.post("/api/v1/door/scans", json=scan_of(code))
    answer = await client.get("/api/v1/door/snapshot", params={"screening": screening})
    assert answer.status_code == 200
    snapshot = answer.json()
    assert {"as_of", "keys", "screening", "tickets", "admitted"} <= set(snapshot)
    assert snapshot["tickets"] == [
        {"ticket": ticket, "seat": "A-1", "tariff": "full", "revision": 1, "status": "sold"}
    ]
    assert snapshot["admitted"][0]["ticket"] == ticket
    for personal in ("aigerim", "example.org"):
        assert personal not in answer.text.lower()
    assert len(gzip.compress(answer.content)) < len(answer.content)
    assert (await client.get("/api/v1/door/snapshot?screening=none")).json()["code"] == "unknown_screening"
    assert (await client.get("/api/v1/door/snapshot")).status_code == 422


async def test_bad_scans_are_problems_and_change_nothing(client: httpx.AsyncClient, gate: Gate) -> None:
    good = scan_of("x")
    late = (gate.context.clock.now() - timedelta(days=8)).isoformat()
    for change in (
        {"scan": "not a uuid"},
        {"scan": None},
        {"code": ""},
        {"code": "x" * 8000},
        {"code": 7},
        {"gate": ""},
        {"gate": "x" * 65},
        {"gate": "a\x00b"},
        {"screening": "Not A Slug"},
        {"direction": "sideways"},
        {"scanned_at": "yesterday"},
        {"scanned_at": "2024-10-21T18:30:00"},
        {"scanned_at": late},
        {"more": 1},
    ):
        answer = await client.post("/api/v1/door/scans", json={**good, **change})
        assert answer.status_code == 422, (change, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "invalid_field"
        batch = await client.post("/api/v1/door/scans/batch", json={"scans": [good, {**good, **change}]})
        assert batch.status_code == 422, change
    for body in ({"scans": []}, {"scans": [good] * 501}, {}, [], {"scans": [good], "more": 1}):
        assert (await client.post("/api/v1/door/scans/batch", json=body)).status_code == 422
    assert await gate.context.postgres.fetchval("select count(*) from scan") == 0


async def test_the_door_is_for_staff(client: httpx.AsyncClient) -> None:
    client.headers["Authorization"] = "Bearer " + "a" * 43
    for method, path in (
        ("POST", "/api/v1/door/scans"),
        ("POST", "/api/v1/door/scans/batch"),
        ("GET", "/api/v1/door/snapshot?screening=x"),
        ("GET", "/api/v1/door/conflicts"),
    ):
        assert (await client.request(method, path, json={} if method == "POST" else None)).status_code == 401
