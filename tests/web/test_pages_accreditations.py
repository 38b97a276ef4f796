"""The desk's accreditations and a badge's own page, without scripts."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from tests.accreditation.people import accredited
from tests.door.gate import Gate
from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.door.model import Verdict
from ticketing.kernel.context import Context
from ticketing.staff.model import Role


@pytest.fixture
async def festival(visitor: Visitor, factory: Factory) -> str:
    festival = await factory.festival()
    for _ in range(2):
        await factory.screening(festival=festival)
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    return festival


async def test_accredited_found_changed_made_anew_and_revoked(
    visitor: Visitor, factory: Factory, context: Context, festival: str
) -> None:
    await visitor.open(f"/en/desk/accreditations?festival={festival}")
    assert "Nobody is accredited yet" in visitor.text()
    people = "Әйгерім Сәдуақас; Qazaq press; aigerim@example.org\n\nJean Dupont\tLe Film"
    await visitor.send(visitor.forms()[-1], people=people, screenings_per_day="3")
    assert "2 people are accredited" in visitor.text()
    await visitor.open(f"/en/desk/accreditations?festival={festival}&words=jean&category=press")
    assert "Jean Dupont" in visitor.text()
    assert "Сәдуақас" not in visitor.text()
    assert visitor.page is not None
    (one,) = re.findall(rf"/en/desk/accreditations/{festival}/(B\w+)", visitor.page.text)
    place = f"/en/desk/accreditations/{festival}/{one}"
    await visitor.open(place)
    await visitor.send(visitor.forms()[-1], name="Jeanne Dupont", email="jeanne@example.org", screenings_per_day="")
    assert "Changed. The badge stays good" in visitor.text()
    await visitor.open(place)
    stale = visitor.forms()[-1]
    await visitor.send(stale, name="Jeanne Martin", organisation="Le Film Hebdo")
    assert "Changed. The badge stays good" in visitor.text()
    page = await visitor.send(stale, name="Jeanne Durand", screenings_per_day="4")
    assert page.status_code == 409
    assert "Name Jeanne Martin · yours: Jeanne Durand" in visitor.text()
    assert "Organisation Le Film Hebdo What you did not touch" in visitor.text()
    await visitor.send(visitor.forms()[-1], name="Jeanne Dupont")
    row = await context.postgres.fetchrow("select * from accreditation where accreditation_id = $1", one)
    assert row is not None
    assert (row["name"], row["organisation"], row["screenings_per_day"]) == ("Jeanne Dupont", "Le Film Hebdo", 4)
    await visitor.send(visitor.form("/mail"))
    assert "The badge is on its way" in visitor.text()
    assert await context.postgres.fetchval("select count(*) from job where kind = 'mail_badge'") == 1
    link = re.search(r'href="[^"]*(/en/badges/[^"]+)"', visitor.page.text)
    assert link is not None
    await visitor.send(visitor.form("/reissue"))
    assert "The new badge is good" in visitor.text()
    assert (await visitor.open(link[1])).status_code == 410
    await visitor.open(place)
    link = re.search(r'href="[^"]*(/en/badges/[^"]+)"', visitor.page.text)
    assert link is not None
    await visitor.open(link[1])
    assert "Jeanne Dupont" in visitor.text()
    assert "have an identity document with you" in visitor.text()
    for address in re.findall(r'"(/api/v1/accreditations/[^"]+)"', visitor.page.text):
        answer = await visitor.client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
    await visitor.open(place)
    await visitor.send(visitor.form("/revocation"))
    assert "lets in nowhere" in visitor.text()
    assert (await visitor.open(link[1])).status_code == 410


async def test_a_photo_is_kept_and_removed(visitor: Visitor, factory: Factory, festival: str) -> None:
    one = await accredited(factory, festival)
    place = f"/en/desk/accreditations/{festival}/{one}"
    await visitor.open(place)
    token = visitor.form("/photo").value("_csrf_token")
    buffer = io.BytesIO()
    Image.effect_noise((700, 900), 90).save(buffer, "PNG")
    assert len(buffer.getvalue()) > 300_000, "larger than other bodies may be"
    for content, status in ((buffer.getvalue(), 200), (b"no picture", 422), (b"", 422)):
        answer = await visitor.client.post(
            f"{place}/photo", data={"_csrf_token": token}, files={"photo": ("face.png", content, "image/png")}
        )
        assert answer.status_code == status
    assert (await visitor.client.get(f"/api/v1/accreditations/{one}/photo")).headers["content-type"] == "image/webp"
    await visitor.open(place)
    answer = await visitor.client.post(f"{place}/photo", data={"_csrf_token": token, "remove": "yes"})
    assert answer.status_code == 200
    assert (await visitor.client.get(f"/api/v1/accreditations/{one}/photo")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"people": "Jean Dupont"}, "Line 1"),
        ({"people": "A; B\nJean; Le Film; no address"}, "Line 2"),
        ({"people": "A; B; a@example.org; too much"}, "Line 1"),
        ({"people": "A; B\x07"}, "Line 1"),
        ({"people": f"{'x' * 121}; B"}, "Line 1"),
        ({"people": ""}, "Write 1 to 200 people"),
        ({"people": "A; B\n" * 201}, "Write 1 to 200 people"),
        ({"people": "A; B", "last_day": "2020-01-01"}, "the last day is not before the first"),
        ({"people": "A; B", "first_day": "soon"}, "the days are needed"),
        ({"people": "A; B", "category": "king"}, "A category"),
        ({"people": "A; B", "screenings_per_day": "99"}, "A category"),
        ({"people": "A; B", "screenings": "nowhere"}, "this festival does not have"),
        ({"people": "A; B", "request": "x"}, "A category"),
        ({"people": "x" * 60_001}, "too long"),
    ],
)
async def test_what_can_t_be_is_told(
    visitor: Visitor, context: Context, festival: str, typed: dict[str, str], told: str
) -> None:
    await visitor.open(f"/en/desk/accreditations?festival={festival}")
    page = await visitor.send(visitor.forms()[-1], **typed)
    assert page.status_code == 422
    assert told in visitor.text()
    assert await context.postgres.fetchval("select count(*) from accreditation") == 0


async def test_it_is_the_organisers_business(visitor: Visitor, factory: Factory, festival: str) -> None:
    one = await accredited(factory, festival)
    other = await factory.festival()
    assert (await visitor.open(f"/en/desk/accreditations/{other}/{one}")).status_code == 404
    assert (await visitor.open(f"/en/desk/accreditations/{festival}/{one}")).status_code == 200
    visitor.client.cookies.clear()
    await factory.staff(Role.SUPERVISOR, "sara")
    await visitor.sign_in("sara", PASSWORD)
    assert (await visitor.open(f"/en/desk/accreditations/{festival}/{one}")).status_code == 403


async def test_the_conflict_of_a_badge_is_shown(
    visitor: Visitor, factory: Factory, context: Context, festival: str
) -> None:
    gate = await Gate.opened(context)
    screening = await context.postgres.fetchval("select max(screening_id) from screening")
    one = await accredited(factory, festival, status="revoked")
    at = context.clock.now() - timedelta(minutes=2)
    await gate.late(await gate.badge(one), "north", at, screening=screening, shown=Verdict.ADMITTED)
    await visitor.open("/en/door/conflicts")
    for told in ("Badge", one, "Revoked", "Let in at gate north"):
        assert told in visitor.text()
