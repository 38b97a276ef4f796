"""The desk's page of workbooks, without scripts, and the same over JSON."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import PASSWORD, Factory
from tests.programme.import_runs import imported
from tests.programme.programme_folder import write_programme
from tests.programme.test_workbooks import cell_of, edited
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role

PLACE = "/en/desk/programme/workbook"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def festival(visitor: Visitor, factory: Factory, context: Context, tmp_path: Path) -> str:
    await imported(context, write_programme(tmp_path / "programme"))
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    found: str = await context.postgres.fetchval("select festival_id from festival")
    return found


async def bring(visitor: Visitor, body: bytes) -> None:
    await visitor.open(PLACE)
    form = next(form for form in visitor.forms() if form.action.endswith("/workbook"))
    visitor.page = await visitor.client.post(
        form.action, data=dict(form.fields), files={"workbook": ("week.xlsx", body, XLSX)}
    )


async def test_out_edited_looked_at_and_imported(visitor: Visitor, festival: str, context: Context) -> None:
    taken = await visitor.open(f"{PLACE}/{festival}")
    assert taken.headers["content-type"] == XLSX
    await bring(visitor, taken.content)
    assert "Nothing: the programme is as the file says" in visitor.text()
    body = edited(taken.content, ("film", cell_of(taken.content, "film", "title.en"), "<b>Another</b> name"))
    await bring(visitor, body)
    assert "<b>Another</b> name" in visitor.text()
    assert "Another</b> name" not in visitor.page.text if visitor.page else ""
    form = visitor.form("/import")
    await visitor.send(form)
    assert "The programme was imported" in visitor.text()
    await visitor.send(form)
    assert "The programme was imported" in visitor.text()
    named = await context.postgres.fetchval("select count(*) from film where title ->> 'en' like '%Another%'")
    assert named == 1


async def test_moving_what_is_sold_is_confirmed_and_told(
    visitor: Visitor, festival: str, context: Context, factory: Factory
) -> None:
    screening = f"{festival}-mo-19"
    start = (context.clock.now() + timedelta(days=9)).replace(hour=14, minute=0, second=0, microsecond=0)
    await context.postgres.execute(
        "update screening set starts_at = starts_at + $1, ends_at = ends_at + $1, doors_at = doors_at + $1, "
        "sales_close_at = sales_close_at + $1",
        start
        - await context.postgres.fetchval("select starts_at from screening where screening_id = $1", screening),
    )
    await factory.order(screening, "A-1", "A-2")
    taken = await visitor.open(f"{PLACE}/{festival}")
    # On the clock of Almaty, and longer than the film.
    later = {"starts_at": timedelta(hours=5, minutes=30), "ends_at": timedelta(hours=9)}
    body = edited(
        taken.content,
        *(
            ("screening", cell_of(taken.content, "screening", name), f"{start + span:%Y-%m-%dT%H:%M:%S}")
            for name, span in later.items()
        ),
    )
    await bring(visitor, body)
    assert "People come to these screenings at the old time" in visitor.text()
    form = visitor.form("/import")
    page = await visitor.send(form)
    assert page.status_code == 409
    assert "Tickets for them: 2; guests who are invited and have none yet: 0" in visitor.text()
    await visitor.open(f"{PLACE}?upload={form.value('upload')}")
    for _ in range(2):
        await visitor.send(form, tell_buyers="yes")
        assert "The programme was imported" in visitor.text()
    (job,) = await context.postgres.fetch("select payload from job where kind = 'mail_screening_moved'")
    assert job["payload"]["starts_at"] == f"{start + timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}+00:00"

    # The same over JSON, back to where it was.
    bearer = {"authorization": f"Bearer {await factory.staff(Role.ORGANISER)}"}
    sent: dict[str, Any] = {"workbook": base64.b64encode(taken.content).decode()}
    looked = await visitor.client.post("/api/v1/programme/imports", json=sent, headers=bearer)
    (move,) = looked.json()["moves"]
    assert (move["screening"], move["tickets"], move["guests"]) == (screening, 2, 0)
    sent |= {"apply": True, "fingerprint": looked.json()["fingerprint"]}
    refused = await visitor.client.post("/api/v1/programme/imports", json=sent, headers=bearer)
    assert (refused.json()["code"], refused.json()["moves"]) == ("moves_unconfirmed", [move])
    for moves in ([move], []):
        done = await visitor.client.post(
            "/api/v1/programme/imports", json=sent | {"tell_buyers": True}, headers=bearer
        )
        assert done.json()["moves"] == moves
    assert await context.postgres.fetchval("select count(*) from job where kind = 'mail_screening_moved'") == 2


async def test_what_is_wrong_is_told_with_its_cell(visitor: Visitor, festival: str) -> None:
    taken = await visitor.open(f"{PLACE}/{festival}")
    await bring(visitor, edited(taken.content, ("film", cell_of(taken.content, "film", "year"), "soon")))
    assert visitor.page is not None
    assert visitor.page.status_code == 422
    assert "soon" in visitor.text()
    assert "a whole number from 1888 to 2200" in visitor.text()
    for body, status in ((b"", 422), (b"x" * 8_000_001, 422), (b"x" * 9_000_000, 413)):
        await bring(visitor, body)
        assert visitor.page.status_code == status
    assert (await visitor.open(f"{PLACE}?upload=nobody")).status_code == 404
    assert (await visitor.open(f"{PLACE}?upload=00000000-0000-4000-8000-000000000000")).status_code == 404


async def test_the_same_over_json(visitor: Visitor, festival: str, context: Context, factory: Factory) -> None:
    bearer = {"authorization": f"Bearer {await factory.staff(Role.ORGANISER)}"}
    taken = await visitor.client.get(f"/api/v1/festivals/{festival}/programme.xlsx", headers=bearer)
    assert taken.status_code == 200
    body = edited(taken.content, ("film", cell_of(taken.content, "film", "year"), 1999))
    sent = {"workbook": base64.b64encode(body).decode()}
    looked = await visitor.client.post("/api/v1/programme/imports", json=sent, headers=bearer)
    assert looked.json()["tables"]["film"]["changed"] == 1
    assert not await context.postgres.fetchval("select count(*) from film where year = 1999")
    sent |= {"apply": True, "fingerprint": "0" * 24}
    refused = await visitor.client.post("/api/v1/programme/imports", json=sent, headers=bearer)
    assert refused.json()["code"] == "preview_outdated"
    sent["fingerprint"] = looked.json()["fingerprint"]
    done = await visitor.client.post("/api/v1/programme/imports", json=sent, headers=bearer)
    assert done.json()["applied"]
    assert await context.postgres.fetchval("select count(*) from film where year = 1999") == 1
    assert (await visitor.client.get("/api/v1/festivals/nowhere/programme.xlsx", headers=bearer)).status_code == 404
