"""A festival that is over is put away from the lists, stays where it is, and is taken out again."""

from tests.factories import PASSWORD, Factory
from tests.web.desk.first_steps import DESK
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role

LONG_AGO = """
    with over as (
        update festival set starts_on = starts_on - 30, ends_on = ends_on - 30 where festival_id = $1
    )
    update screening set starts_at = starts_at - interval '30 days', ends_at = ends_at - interval '30 days',
        doors_at = doors_at - interval '30 days', sales_close_at = sales_close_at - interval '30 days',
        sales_open_at = sales_open_at - interval '30 days'
    where festival_id = $1
"""


async def listed(visitor: Visitor, festival: str) -> list[bool]:
    """Is it in the lists of the desk?"""
    found = []
    for place in (DESK, "/en/desk/reports", "/en/capacity", f"{DESK}/new/tariff"):
        page = await visitor.open(place)
        found.append(f"festival={festival}" in page.text or f'<option value="{festival}"' in page.text)
    return found


async def test_what_is_over_is_put_away_and_taken_out_again(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    festival = await context.postgres.fetchval("select festival_id from screening")
    await factory.screening(festival=await factory.festival())
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    assert await listed(visitor, festival) == [True] * 4
    await visitor.open(f"{DESK}/festival/{festival}")
    early = visitor.form("/archive")
    assert (await visitor.send(early)).status_code == 409
    assert "This festival is not over" in visitor.text()
    await context.postgres.execute(LONG_AGO, festival)
    for _ in range(2):
        await visitor.send(early)
        assert "This festival is put away" in visitor.text()

    assert await listed(visitor, festival) == [False] * 4
    assert f"/sitemaps/{festival}.xml" not in (await visitor.open("/sitemap.xml")).text
    await visitor.open(f"{DESK}/list/festival")
    assert "put away" in visitor.text()
    for place in (f"/en/?festival={festival}", f"/en/screenings/{screening}", f"{DESK}?festival={festival}"):
        assert (await visitor.open(place)).status_code == 200
    reports = await visitor.open(f"/en/desk/reports?festival={festival}")
    assert f'<option value="{festival}" selected' in reports.text

    await visitor.open(f"{DESK}/festival/{festival}")
    back = visitor.form("/taking-out")
    for _ in range(2):
        await visitor.send(back)
        assert "This festival is put away" not in visitor.text()
    assert await listed(visitor, festival) == [True] * 4
    acts = await context.postgres.fetch("select act from audit where subject = $1 order by audit_id", festival)
    assert [row["act"] for row in acts] == ["festival_archived", "festival_taken_out"]


async def test_over_json(visitor: Visitor, factory: Factory, context: Context) -> None:
    await factory.screening()
    festival = await context.postgres.fetchval("select festival_id from screening")
    client = visitor.client
    client.headers["authorization"] = f"Bearer {await factory.staff(Role.ORGANISER)}"
    place = f"/api/v1/festivals/{festival}/archive"
    refused = await client.put(place)
    assert (refused.status_code, refused.json()["code"]) == (409, "festival_not_over")
    await context.postgres.execute(LONG_AGO, festival)
    assert [(await client.put(place)).status_code for _ in range(2)] == [204, 204]
    assert [(await client.delete(place)).status_code for _ in range(2)] == [204, 204]
    for missing in ("nowhere", "%00", "a" * 300):
        assert (await client.put(f"/api/v1/festivals/{missing}/archive")).status_code in {404, 422}
