"""The desk's page of workbooks, without scripts, and the same over JSON."""

import base64
from pathlib import Path

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
