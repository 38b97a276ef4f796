"""The programme's desk without scripts: the first way, two at once, and what can't be."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from tests.factories import PASSWORD, Factory
from tests.programme.desk.entries import NEXT_WEEK
from tests.web.desk.first_steps import DESK, add, entry_form, furnish_by_hand
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role


@pytest.fixture
async def desk(visitor: Visitor, factory: Factory) -> Visitor:
    """An organiser at the desk of an empty house."""
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    return visitor


async def test_from_nothing_to_a_screening_that_the_public_sees(desk: Visitor) -> None:
    await desk.open(DESK)
    assert "To a week on sale, step by step" in desk.text()
    made = await furnish_by_hand(desk)
    typed = {"version": made["version"], "hall": made["hall"], "starts_at": f"{NEXT_WEEK}T19:00"}
    screening = await add(desk, "screening", f"?festival={made['festival']}", **typed)
    page = await desk.open(f"{DESK}/hall/{made['hall']}")
    assert f'href="/en/desk/halls/{made["hall"]}"' in page.text
    await desk.open(DESK)
    assert "Le Règne animal" in desk.text()
    assert "1 draft" in desk.text()
    assert "No exhibition certificate number, in Kazakhstan" in desk.text()
    await desk.open(f"{DESK}/screening/{screening}")
    assert entry_form(desk).value("ends_at") == f"{NEXT_WEEK}T21:08"
    await desk.send(entry_form(desk), status="published")
    assert "Saved." in desk.text()
    await desk.open(DESK)
    assert "step by step" not in desk.text()
    assert (await desk.open(f"/en/screenings/{screening}")).status_code == 200
    assert "19:00" in desk.text()


async def test_untouched_times_move_along(desk: Visitor) -> None:
    made = await furnish_by_hand(desk)
    typed = {"version": made["version"], "hall": made["hall"], "starts_at": f"{NEXT_WEEK}T19:00"}
    screening = await add(desk, "screening", f"?festival={made['festival']}", **typed)
    await desk.open(f"{DESK}/screening/{screening}")
    await desk.send(entry_form(desk), starts_at=f"{NEXT_WEEK}T20:30", sales_close_at=f"{NEXT_WEEK}T20:00")
    form = entry_form(desk)
    shown = {name: form.value(name)[-5:] for name in ("starts_at", "ends_at", "doors_at", "sales_close_at")}
    assert shown == {"starts_at": "20:30", "ends_at": "22:38", "doors_at": "20:00", "sales_close_at": "20:00"}


async def test_two_at_once_lose_nothing(desk: Visitor, context: Context) -> None:
    made = await furnish_by_hand(desk)
    address = f"{DESK}/film/{made['film']}"
    await desk.open(address)
    mine = entry_form(desk)
    await desk.send(entry_form(desk), year="2022", distributor="Volga")
    page = await desk.send(mine, year="2021", running_minutes="130")
    assert page.status_code == 409
    assert "What they have changed" in desk.text()
    assert "yours: 2021" in desk.text()
    again = entry_form(desk)
    shown = {name: again.value(name) for name in ("year", "running_minutes", "distributor")}
    assert shown == {"year": "2021", "running_minutes": "130", "distributor": "Volga"}
    assert await context.postgres.fetchval("select year from film") == 2022
    await desk.send(again)
    row = await context.postgres.fetchrow("select year, running_minutes, distributor from film")
    assert tuple(row) == (2021, 130, "Volga")


async def test_rules_are_told_in_minutes_and_sums(desk: Visitor, context: Context) -> None:
    festival = await add(
        desk, "festival", **{"name.en": "Week", "starts_on": "2027-01-01", "ends_on": "2027-01-02"}
    )
    await desk.open(f"{DESK}/festival/{festival}")
    form = entry_form(desk)
    assert form.value("rules.hold_ttl_s") == "10"
    changes = {"rules.hold_ttl_s": "7.5", "rules.refund_fee": "500", "rules.reentry": []}
    await desk.send(form, **changes)
    assert "Saved." in desk.text()
    stored = await context.postgres.fetchval("select rules from festival")
    assert stored == {"hold_ttl_s": 450, "refund_fee": 50_000, "reentry": False}
    page = await desk.send(entry_form(desk), **{"rules.hold_ttl_s": "40"})
    assert page.status_code == 422
    assert "hold_cap_s" in desk.text()
    assert entry_form(desk).value("rules.hold_ttl_s") == "40"


async def test_what_is_used_stays_and_what_is_not_goes(desk: Visitor, context: Context) -> None:
    made = await furnish_by_hand(desk)
    for table in ("film", "venue", "zone", "tariff", "festival"):
        await desk.open(f"{DESK}/{table}/{made[table]}")
        page = await desk.send(desk.form("/delete"))
        assert page.status_code == 409, table
        assert "Other things rest on it" in desk.text()
    await desk.open(f"{DESK}/list/rental?festival={made['festival']}")
    assert "Le Règne animal Studiocanal · 47.50 %" in desk.text()
    await desk.open(f"{DESK}/rental/{made['rental']}")
    assert entry_form(desk).value("rate_basis_points") == "47.50"
    for table in ("rental", "price_list", "version", "film", "hall", "venue", "zone", "tariff", "festival"):
        await desk.open(f"{DESK}/{table}/{made[table]}")
        await desk.send(desk.form("/delete"))
        assert "Deleted." in desk.text(), table
    assert await context.postgres.fetchval("select count(*) from festival") == 0
    assert await context.postgres.fetchval("select count(*) from audit where act = 'programme_deleted'") == 9


@pytest.mark.parametrize("place", ["nothing/x", "film/x", "new/nothing", "list/nothing", "screening/x"])
async def test_what_is_not_there_is_told(desk: Visitor, place: str) -> None:
    assert (await desk.open(f"{DESK}/{place}")).status_code == 404


async def test_what_was_typed_wrong_is_told_in_its_place_and_kept(desk: Visitor, context: Context) -> None:
    await desk.open(f"{DESK}/new/film")
    typed = {"original_title": "x" * 400, "year": "soon", "running_minutes": "²", "was": "{", "title.kk": "\x00"}
    page = await desk.send(entry_form(desk), **typed)
    assert page.status_code == 422
    assert entry_form(desk).value("year") == "soon"
    assert page.text.count('class="wrong"') >= 5
    assert await context.postgres.fetchval("select count(*) from film") == 0


async def test_a_poster_is_a_picture_and_no_script(desk: Visitor, context: Context) -> None:
    made = await furnish_by_hand(desk)
    await desk.open(f"{DESK}/film/{made['film']}")
    form = entry_form(desk)
    typed = {name: text for name, text in form.fields if name != "file"}
    stream = io.BytesIO()
    Image.new("RGB", (300, 420), "#0b3d91").save(stream, "PNG")
    page = await desk.client.post(
        form.action, data=typed, files={"file": ("poster.png", stream.getvalue(), "image/png")}
    )
    assert "Saved." in page.text
    assert await context.postgres.fetchval("select film_id from film_poster") == made["film"]
    files = {"file": ("poster.png", b"<svg onload=alert(1)>", "image/png")}
    page = await desk.client.post(
        form.action, data={name: text for name, text in form.fields if name != "file"}, files=files
    )
    assert page.status_code == 422
    assert "JPEG, PNG or WebP" in page.text


async def on_sale(desk: Visitor) -> tuple[dict[str, str], str]:
    """A published screening at 19:00 on the first day."""
    made = await furnish_by_hand(desk)
    typed = {"version": made["version"], "hall": made["hall"], "starts_at": f"{NEXT_WEEK}T19:00"}
    query = f"?festival={made['festival']}"
    return made, await add(desk, "screening", query, status="published", **typed)


async def test_a_screening_is_copied_to_other_days_all_or_none(desk: Visitor, context: Context) -> None:
    made, screening = await on_sale(desk)
    place = f"{DESK}/copy/{screening}"
    days = {"first": f"{NEXT_WEEK + timedelta(days=1)}", "last": f"{NEXT_WEEK + timedelta(days=2)}"}
    await desk.open(place)
    await desk.send(desk.forms()[0], times="16:00; 19:30", status="published", **days)
    count = "select count(*) from screening where status = 'published'"
    assert await context.postgres.fetchval(count) == 5
    assert desk.text().count("Le Règne animal") >= 4
    await desk.open(place)
    await desk.send(desk.forms()[0], times="16:00 19:30", status="published", **days)
    assert await context.postgres.fetchval(count) == 5
    # One of these hits a screening that is there, so that none is made.
    await desk.open(place)
    page = await desk.send(desk.forms()[0], times="10:00 20:30", status="published", **days)
    assert (page.status_code, await context.postgres.fetchval(count)) == (422, 5)
    for typed in ({"times": ""}, {"times": "noon"}, {"first": "x"}, {"last": "2020-01-01"}, {"last": "2199-01-01"}):
        await desk.open(place)
        assert (await desk.send(desk.forms()[0], **(days | {"times": "10:00"} | typed))).status_code == 422
    assert made["film"] in screening
    # By what they show, when and where, and not by their names alone.
    await desk.open(f"{DESK}/list/screening?festival={made['festival']}")
    shown = desk.text()
    assert shown.count("19:00 · ") >= 1
    assert screening not in shown
    assert "Arman" in shown


async def test_moving_what_is_sold_is_confirmed_and_told(desk: Visitor, factory: Factory, context: Context) -> None:
    _, screening = await on_sale(desk)
    await factory.order(screening, "A-1", "A-2", tariff="full")
    address = f"{DESK}/screening/{screening}"
    await desk.open(address)
    page = await desk.send(entry_form(desk), starts_at=f"{NEXT_WEEK}T20:00")
    assert page.status_code == 409
    assert "Tickets for it: 2" in desk.text()
    assert entry_form(desk).value("starts_at") == f"{NEXT_WEEK}T20:00"
    await desk.send(entry_form(desk), tell_buyers="yes")
    assert "Saved." in desk.text()
    (job,) = await context.postgres.fetch("select payload from job where kind = 'mail_screening_moved'")
    assert job["payload"]["starts_at"] == f"{NEXT_WEEK}T15:00:00+00:00"


async def test_the_week_tells_which_other_festival_has_the_hall(desk: Visitor, factory: Factory) -> None:
    hall = await factory.hall()
    start = factory.context.clock.now() + timedelta(days=1)
    ours, theirs = [await factory.festival(festival) for festival in ("ours", "theirs")]
    await factory.screening(festival=ours, hall=hall, starts_at=start, status="draft")
    told = "The hall is taken at this time by Week of French premieres: "
    await factory.screening(festival=theirs, hall=hall, starts_at=start + timedelta(hours=1), status="draft")
    await factory.staff(Role.ORGANISER, "omar", festival=ours)
    # Their draft is nothing for others to know; who organises both is told.
    await desk.open(f"{DESK}?festival={ours}")
    assert told in desk.text()
    desk.client.cookies.clear()
    await desk.sign_in("omar", PASSWORD)
    await desk.open(f"{DESK}?festival={ours}")
    assert "0 of 50 taken" in desk.text()
    assert told not in desk.text()
    await factory.postgres.execute("update screening set status = 'published' where festival_id = $1", theirs)
    await desk.open(f"{DESK}?festival={ours}")
    assert told in desk.text()


async def test_cancelling_says_what_it_does_and_asks_what_becomes_of_tickets(
    desk: Visitor, factory: Factory, context: Context
) -> None:
    _, screening = await on_sale(desk)
    await factory.order(screening, "A-1", "A-2", tariff="full")
    await desk.open(f"{DESK}/cancellation/{screening}")
    assert "2 tickets sold" in desk.text()
    assert "7,000" in desk.text()
    assert (await desk.send(desk.forms()[0])).status_code == 422
    await desk.send(desk.forms()[0], way="refund", **{"reason.en": "The hall is flooded."})
    assert "The orders are being seen to" in desk.text()
    assert await context.postgres.fetchval("select status from screening") == "cancelled"
    await desk.open(f"{DESK}/screening/{screening}")
    page = await desk.send(entry_form(desk), starts_at=f"{NEXT_WEEK}T20:00")
    assert page.status_code == 409
    assert "What is cancelled stays so" in desk.text()


async def test_it_is_for_organisers(visitor: Visitor, factory: Factory) -> None:
    await factory.staff(Role.SUPERVISOR, "sara")
    await visitor.sign_in("sara", PASSWORD)
    for place in ("", "/new/film", "/list/film", "/film/x"):
        assert (await visitor.open(DESK + place)).status_code == 403
