"""What staff do on an evening, by pages and over JSON: each act is one line of the audit, with who did it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def screening(factory: Factory, context: Context) -> str:
    """It starts in five minutes; four tickets were sold an hour ago, and nobody has come."""
    await factory.staff(Role.SUPERVISOR, "sara")
    now = context.clock.now()
    made = await factory.screening(starts_at=now + 5 * MINUTE, rules={"no_show_release_minutes": 10})
    await factory.order(made, "A-1", "A-2", "A-3", "A-4", placed_at=now - 60 * MINUTE)
    return made


async def written(context: Context) -> list[tuple[str, str]]:
    """Acts since the last time, and by whom."""
    rows = await context.postgres.fetch("select login, act from audit where act <> 'signed_in' order by audit_id")
    await context.postgres.execute("alter table audit disable trigger all")
    await context.postgres.execute("delete from audit")
    await context.postgres.execute("alter table audit enable trigger all")
    return [(row["login"], row["act"]) for row in rows]


async def test_over_json(visitor: Visitor, screening: str, context: Context) -> None:
    answer = await visitor.client.post("/api/v1/staff/sessions", json={"login": "sara", "password": PASSWORD})
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    ticket = await context.postgres.fetchval("select ticket_id from ticket where seat = 'A-2'")
    guest, somebody = str(uuid.uuid4()), {"name": "Әсел", "plus_ones": 1}
    calls: tuple[tuple[str, str, Any, str | None], ...] = (
        ("POST", "broken-seats", {"seat": "A-1"}, "ticket_reseated"),
        ("POST", "broken-seats", {"seat": "D-9"}, "seat_broken"),
        ("POST", "broken-seats/repaired", {"seat": "D-9"}, "seat_repaired"),
        ("POST", "no-shows", None, "no_shows_released"),
        ("POST", "no-shows", None, None),
        ("POST", "no-shows/restored", {"ticket": ticket}, "no_show_restored"),
        ("POST", "no-shows/restored", {"ticket": ticket}, None),
        ("POST", "rush", {"rush": guest}, "rush_ticket_given"),
        ("POST", "rush", {"rush": guest}, None),
        ("PUT", "guest-list", {"places_max": 10}, "guest_list_set"),
        ("POST", "guests", {"guest": guest, **somebody}, "guest_added"),
        ("POST", "guests", {"guest": guest, **somebody}, None),
        ("DELETE", f"guests/{guest}", None, "guest_taken_off"),
        ("DELETE", f"guests/{guest}", None, None),
    )
    await written(context)
    for method, call, body, act in calls:
        answer = await visitor.client.request(
            method, f"/api/v1/screenings/{screening}/{call}", json=body, headers=bearer
        )
        assert answer.status_code < 300, (call, answer.text)
        assert await written(context) == ([("sara", act)] if act else []), call


async def test_by_pages(visitor: Visitor, screening: str, context: Context) -> None:
    await visitor.sign_in("sara", PASSWORD)
    house = f"/en/door/house/{screening}"
    guest = {"name": "Әсел", "plus_ones": "1"}
    steps: tuple[tuple[str, str, dict[str, str], str], ...] = (
        (house, "/broken", {"seat": "A-1"}, "ticket_reseated"),
        (house, "/repaired", {}, "seat_repaired"),
        (f"{house}/no-shows", "/release", {}, "no_shows_released"),
        (house, "/restore", {}, "no_show_restored"),
        (house, "/rush", {}, "rush_ticket_given"),
        (f"{house}/guests", "/guests/list", {"places_max": "10"}, "guest_list_set"),
        (f"{house}/guests", "/guests/new", guest, "guest_added"),
        (f"{house}/guests", "/guests/removal", {}, "guest_taken_off"),
        ("/en/devices", "/devices", {"name": "North 1", "gates": "North"}, "device_added"),
        ("/en/devices", "/devices/link", {}, "device_link_made"),
        ("/en/devices", "/devices/revocation", {}, "device_revoked"),
        ("/en/desk/sessions", "/revocation", {}, "session_revoked"),
    )
    await written(context)
    for place, ending, typed, act in steps:
        await visitor.open(place)
        form = visitor.form(ending)
        venue = [("venue", value) for name, value in form.boxes if name == "venue"]
        form.fields += venue[:1]
        page = await visitor.send(form, **typed)
        assert page.status_code == 200, (act, visitor.text())
        assert await written(context) == [("sara", act)], act
