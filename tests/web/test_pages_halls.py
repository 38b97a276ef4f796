"""The desk's halls without scripts: listed, read as files, given a layout from a file, drawn anew."""

from typing import Any

import msgspec
import pytest

from tests.factories import PASSWORD, Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.programme.halls.own import hall_document
from ticketing.programme.layout import layout_id
from ticketing.staff.model import Role


@pytest.fixture
async def hall(visitor: Visitor, factory: Factory) -> str:
    screening = await factory.screening()
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    found = await factory.postgres.fetchval("select hall_id from screening where screening_id = $1", screening)
    return str(found)


async def upload(visitor: Visitor, address: str, content: bytes) -> Any:
    """Choose a file in the form of the hall's page, and send it."""
    await visitor.open(address)
    form = visitor.form(address)
    data = {name: value for name, value in form.fields if name != "file"}
    visitor.page = await visitor.client.post(form.action, data=data, files={"file": ("plan.txt", content)})
    return visitor.page


async def test_a_hall_gets_its_layout_from_a_file(visitor: Visitor, factory: Factory, hall: str) -> None:
    await visitor.open("/en/desk/halls")
    assert "50 places" in visitor.text()
    assert "1 screening ahead" in visitor.text()
    page = await upload(visitor, f"/en/desk/halls/{hall}", b"zone: stalls\nA 1-8 _ 9-12\nB 1w 2c 3-12\n")
    assert page.status_code == 200
    assert "The hall has a new layout" in visitor.text()
    assert "1 / 2" in visitor.text()
    assert "an older one" in visitor.text()
    layout = await factory.postgres.fetchval("select layout_id from hall where hall_id = $1", hall)
    assert await factory.postgres.fetchval("select place_count from layout where layout_id = $1", layout) == 24


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\n", "at least one row"),
        (b"\xff\xfe", "text in UTF-8"),
        (b"{", "JSON in UTF-8"),
        (b'{"format": "ticketing-hall/1", "width": 1e999}', "JSON in UTF-8"),
        (b"A 1-5 5", "each name once"),
        (b"A 1-5 x", "A, word 3"),
        (b"A 1-1500\n" * 15, "at most"),
        (b"[" * 200_000, "JSON"),
    ],
)
async def test_a_file_that_is_no_hall_changes_nothing(
    visitor: Visitor, factory: Factory, hall: str, content: bytes, told: str
) -> None:
    page = await upload(visitor, f"/en/desk/halls/{hall}", content)
    assert page.status_code == 422
    assert "The hall was not saved" in visitor.text()
    assert told in visitor.text()
    await upload(visitor, f"/kk/desk/halls/{hall}", content)
    assert "күтілгені:" in visitor.text()
    assert "expected" not in visitor.text()
    layout = await factory.postgres.fetchval("select layout_id from hall where hall_id = $1", hall)
    assert layout == layout_id(make_layout())


async def test_files_in_four_formats(visitor: Visitor, hall: str) -> None:
    for form, begins in (("own", b"{"), ("text", b"pitch:"), ("pretix", b"{"), ("vista", b"{")):
        answer = await visitor.client.get(f"/api/v1/halls/{hall}/file?format={form}")
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        assert "attachment" in answer.headers["content-disposition"]
        read = await visitor.client.post("/api/v1/hall-files", content=answer.content)
        assert len(read.json()["document"]["sections"][0]["rows"]) == 5


async def test_a_new_hall_begins_as_a_draft(visitor: Visitor, hall: str) -> None:
    await visitor.open("/en/desk/halls")
    page = await visitor.send(visitor.forms()[-1], hall="Blue Hall", name_en="Blue hall")
    assert page.status_code == 422
    assert 'value="Blue Hall"' in page.text
    page = await visitor.send(visitor.forms()[-1], hall="blue-hall", name_en="")
    assert page.status_code == 422
    page = await visitor.send(visitor.forms()[-1], hall="blue-hall", name_en="Blue hall")
    assert str(page.url).endswith("/desk/halls/blue-hall/editor")
    assert "The editor needs scripts" in visitor.text()
    await visitor.open("/en/desk/halls")
    assert "a new hall, not saved yet" in visitor.text()
    assert (await visitor.open("/en/desk/halls/blue-hall")).status_code == 404
    assert (await visitor.open("/en/desk/halls/nowhere/editor")).status_code == 404
    assert (await visitor.open("/en/desk/halls/%00/editor")).status_code == 404


async def test_saved_over_json(visitor: Visitor, factory: Factory, hall: str) -> None:
    address = f"/api/v1/halls/{hall}"
    known = (await visitor.client.get(address)).json()
    body = {
        "venue": known["venue"],
        "name": {"en": "Great hall"},
        "based_on": known["layout"],
        "document": hall_document(make_layout(rows=6)),
    }
    twice = [await visitor.client.put(address, content=msgspec.json.encode(body)) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [200, 200]
    assert twice[0].json() == twice[1].json()
    changed = body | {"document": hall_document(make_layout(rows=7))}
    refused = await visitor.client.put(address, content=msgspec.json.encode(changed))
    assert (refused.status_code, refused.json()["code"]) == (409, "hall_saved_meanwhile")
    wrong = body | {"document": {"format": "ticketing-hall/1"}}
    refused = await visitor.client.put(
        address, content=msgspec.json.encode(wrong), headers={"accept-language": "ru"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "hall_refused")
    expected = {problem["column"]: problem["expected"] for problem in refused.json()["problems"]}
    assert (expected["width"], expected["height"]) == ("a number", "a number")
    assert "найдено: ничего; ожидалось: число" in refused.json()["told"]
    large = body | {"name": {"en": "x"}, "document": {"format": "x" * 8_100_000}}
    assert (await visitor.client.put(address, content=msgspec.json.encode(large))).status_code == 413
    await factory.staff(Role.SUPERVISOR, "sara")
    visitor.client.cookies.clear()
    await visitor.sign_in("sara", PASSWORD)
    assert (await visitor.client.get(address)).status_code == 403
    assert (await visitor.open(f"/en/desk/halls/{hall}")).status_code == 403


async def test_a_screening_moves_to_the_new_drawing(visitor: Visitor, factory: Factory, hall: str) -> None:
    screening = await factory.postgres.fetchval("select screening_id from screening")
    await factory.order(screening, "A-1")
    address = f"/en/desk/halls/{hall}/screenings/{screening}"
    await visitor.open(address)
    assert "goes by the hall's drawing" in visitor.text()
    # Without A-1 it stays, and says why; sent all the same, it is refused.
    await upload(visitor, f"/en/desk/halls/{hall}", b"zone: stalls\nA 2-10\n")
    await visitor.open(address)
    assert "A-1: sold" in visitor.text()
    assert all(not form.action.endswith(address) for form in visitor.forms())
    layout = await factory.postgres.fetchval("select layout_id from hall where hall_id = $1", hall)
    refused = await visitor.client.post(
        f"/api/v1/screenings/{screening}/hall-move", json={"layout": layout}, headers={"accept-language": "en"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "seats_would_vanish")
    assert refused.json()["uses"] == {"A-1": "sold"}
    # With it the screening moves; a zone that has no price is told.
    await upload(visitor, f"/en/desk/halls/{hall}", b"zone: stalls\nA 10-1\nzone: velvet\nB 1-4\n")
    await visitor.open(address)
    assert "velvet" in visitor.text()
    stale = visitor.form(address)
    await upload(visitor, f"/en/desk/halls/{hall}", b"zone: stalls\nA 10-1\nB 1-4\n")
    page = await visitor.send(stale)
    assert page.status_code == 409
    page = await visitor.send(visitor.form(address))
    assert page.status_code == 200
    assert "goes by the hall's drawing" in visitor.text()
    shown = (await visitor.client.get(f"/api/v1/screenings/{screening}/availability")).json()
    assert (shown["counts"]["total"], shown["seats"]) == (14, {"A-1": "sold"})
    told = (await visitor.client.get(f"/api/v1/screenings/{screening}/hall-move")).json()
    assert told["before"] == told["layout"]
