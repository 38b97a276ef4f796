"""Nobody gets at the things of another festival: every call of staff is asked for them and refuses."""

import re
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from tests.factories import Factory
from tests.staff.reach_of_routes import OTHERS, Asks, StaffCall, staff_calls
from tests.web.conftest import running
from ticketing.kernel.context import Context
from ticketing.staff.devices import add_device
from ticketing.staff.model import Role
from ticketing.web.app import create_app

REFUSED = "Your account is for other festivals or venues"
# Said to an organiser where an administrator is needed.
RIGHT_ROLE = "Ask an administrator for the right role"


@pytest.fixture
async def app(context: Context, factory: Factory) -> Litestar:
    return create_app(context=context)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as opened:
        # A form of ours carries this; here the form is not what is tested.
        await opened.get("/en/staff/sign-in")
        opened.headers["x-csrftoken"] = opened.cookies["form"]
        opened.headers["accept-language"] = "en"
        yield opened


@pytest.fixture
async def theirs(context: Context, factory: Factory) -> dict[str, str]:
    """One of each thing, of a festival and a venue that are not ours, by the name that addresses give it."""
    hall = await factory.hall()
    festival = await factory.festival()
    screening = await factory.screening(festival=festival, hall=hall)
    order = await factory.order(screening, "A-1")
    payment = await context.postgres.fetchval("select payment_id from payment")
    refund = await context.postgres.fetchval(
        "insert into refund (order_id, payment_id, amount, currency, reason, owed_at, failed_at) "
        "values ($1, $2, 100, 'KZT', 'cancelled', now(), now()) returning refund_id",
        order.order_id,
        payment,
    )
    await add_device(context, "Phone", [f"venue-of-{hall}"], ["1"], by="somebody")
    till, shift, accreditation = "their-till", str(uuid.UUID(int=3)), "B22222222222A"
    await context.postgres.execute("insert into till values ($1, $2, 'Foyer')", till, f"venue-of-{hall}")
    await context.postgres.execute("insert into till_shift values ($1, $2, 'somebody', now())", shift, till)
    await context.postgres.execute(
        "insert into accreditation (accreditation_id, festival_id, category, name, email, organisation, locale, "
        "first_day, last_day, all_screenings, all_meetings, cities, venues, request_id, place, request_digest, "
        "added_at, added_by) values ($1, $2, 'press', 'Ann', '', 'A paper', 'en', now(), now(), true, true, '{}', "
        "'{}', gen_random_uuid(), 1, '', now(), 'somebody')",
        accreditation,
        festival,
    )
    delegation = str(uuid.UUID(int=7))
    await context.postgres.execute(
        "insert into delegation values ($1, $2, 'A film centre', '', '', 'en', now(), now(), '', now(), 'sara')",
        delegation,
        festival,
    )
    device = await context.postgres.fetchval("select device_id from device")
    scan = str(uuid.UUID(int=9))
    await context.postgres.execute(
        "insert into scan (scan_id, screening_id, ticket_id, gate, direction, verdict, scanned_at, received_at, "
        "staff_login, conflict, answer) values ($1, $2, $3, '1', 'in', 'void', now(), now(), 'dana', true, '{}')",
        scan,
        screening,
        order.tickets["A-1"],
    )
    return {
        "scan": scan,
        "festival": festival,
        "venue": f"venue-of-{hall}",
        "hall": hall,
        "screening": screening,
        "order": order.order_id,
        "refund": str(refund),
        "device": device,
        "till": till,
        "ticket": order.tickets["A-1"],
        "table": "screening",
        "key": screening,
        "shift": shift,
        "accreditation": accreditation,
        "delegation": delegation,
        "report": "admissions",
        "language": "en",
    }


@pytest.fixture
async def ours(factory: Factory) -> dict[str, str]:
    """The festival, the hall and the screening of those who ask."""
    hall, festival = await factory.hall(), await factory.festival()
    return {
        "festival": festival,
        "hall": hall,
        "venue": f"venue-of-{hall}",
        "screening": await factory.screening(festival=festival, hall=hall),
    }


def filled(told: Any, theirs: Mapping[str, str]) -> Any:
    """A part of a request with ``{…}`` replaced by what is there."""
    if isinstance(told, dict):
        return {name: filled(value, theirs) for name, value in told.items()}
    if isinstance(told, list):
        return [filled(one, theirs) for one in told]
    return told.format(**theirs) if isinstance(told, str) else told


def address_of(call: StaffCall, theirs: Mapping[str, str]) -> str:
    """The call's address for something of theirs; what nobody here has is named all the same."""

    def named(match: re.Match[str]) -> str:
        name, kind = match[1], match[2]
        return theirs.get(name) or ("1" if kind == "int" else "00000000-0000-0000-0000-000000000001")

    return re.sub(r"{(\w+):(\w+)}", named, call.path)


async def test_every_call_of_staff_refuses_what_is_another_s(
    app: Litestar, client: httpx.AsyncClient, factory: Factory, theirs: dict[str, str], ours: dict[str, str]
) -> None:
    nothing_of_it = await factory.staff(Role.ORGANISER, festival=ours["festival"], venue=ours["venue"])
    # Of these the festival may be shown at their venue, or the venue show their festival: a list of it may be
    # empty.
    tokens = [
        nothing_of_it,
        await factory.staff(Role.ORGANISER, festival=ours["festival"]),
        await factory.staff(Role.ORGANISER, venue=ours["venue"]),
    ]
    everywhere = await factory.staff(Role.ADMIN)
    wrong, asked = [], 0
    for call in staff_calls(app):
        asks = Asks() if call.kept else OTHERS[call.name]
        if not isinstance(asks, Asks):
            continue
        address = address_of(call, theirs)
        request = {
            "params": filled(asks.params, theirs),
            "json": filled(asks.json, theirs),
            "data": filled(asks.form, theirs),
        }
        for token in [nothing_of_it] if asks.part_will_do or "/events" in call.path else tokens:
            asked += 1
            bearer = {"authorization": f"Bearer {token}"}
            answer = await client.request(call.method, address, headers=bearer, **request)
            refused = answer.status_code == 403 and (REFUSED in answer.text or RIGHT_ROLE in answer.text)
            listed = call.method == "GET" and answer.status_code == 200 and (asks.lists or token != nothing_of_it)
            empty = listed and theirs["screening"] not in answer.text
            if not refused and not empty:
                wrong.append((call.name, answer.status_code, answer.text[:200]))
        if call.method == "GET" and "events" not in call.path:
            bearer = {"authorization": f"Bearer {everywhere}"}
            answer = await client.request(call.method, address, headers=bearer, **request)
            if answer.status_code == 403:
                wrong.append((call.name, answer.status_code, "refuses everybody"))
    assert not wrong, "\n".join(map(str, wrong))
    assert asked > 100


async def test_lists_show_what_is_within_reach(
    client: httpx.AsyncClient, factory: Factory, theirs: dict[str, str], ours: dict[str, str]
) -> None:
    for where in ({"festival": ours["festival"]}, {"venue": ours["venue"]}):
        token = await factory.staff(Role.ORGANISER, **where)
        bearer = {"authorization": f"Bearer {token}"}

        async def read(address: str, bearer: dict[str, str] = bearer, **params: str) -> str:
            answer = await client.get(address, headers=bearer, params=params)
            assert answer.status_code == 200, (address, answer.text)
            return answer.text

        for address in ("/en/door", "/en/door/house", "/en/capacity"):
            text = await read(address, festival=ours["festival"])
            assert ours["screening"] in text, address
            assert theirs["screening"] not in text, address
        assert theirs["device"] not in await read("/en/devices")
        for address in ("/en/desk/audit", "/api/v1/staff/audit"):
            assert theirs["device"] not in await read(address)
        assert '"refunds":[]' in await read("/api/v1/counter/refunds")
        # Tills stand at venues, whatever is shown there.
        assert (theirs["shift"] in await read("/api/v1/counter/shifts")) is ("festival" in where)
        evening = await read("/api/v1/door/evening")
        assert ours["venue"] in evening
        assert theirs["venue"] not in evening
        report = await read("/api/v1/reports/admissions")
        assert report.count('"screenings":1,') == 1
    everywhere = {"authorization": f"Bearer {await factory.staff(Role.ADMIN)}"}
    for address in ("/en/devices", "/en/desk/audit"):
        assert theirs["device"] in (await client.get(address, headers=everywhere)).text
    report = (await client.get("/api/v1/reports/admissions", headers=everywhere)).text
    assert report.count('"screenings":1,') == 2
    assert theirs["refund"] in (await client.get("/api/v1/counter/refunds", headers=everywhere)).text


async def test_a_festival_is_seen_as_far_as_one_s_venues_go(
    client: httpx.AsyncClient, factory: Factory, theirs: dict[str, str], ours: dict[str, str]
) -> None:
    shared = await factory.screening(festival=theirs["festival"], hall=ours["hall"], status="cancelled")
    token = await factory.staff(Role.ORGANISER, venue=ours["venue"])
    bearer = {"authorization": f"Bearer {token}"}
    answer = await client.get(f"/api/v1/festivals/{theirs['festival']}/capacity", headers=bearer)
    assert [line["screening"] for line in answer.json()["screenings"]] == [shared]
    closing = await client.post(
        f"/api/v1/festivals/{theirs['festival']}/closed-weeks", headers=bearer, json={"week": "2026-01-01"}
    )
    assert closing.json()["code"] == "out_of_reach"


async def test_a_delegation_is_invited_by_those_of_its_whole_festival(
    client: httpx.AsyncClient, factory: Factory, theirs: dict[str, str]
) -> None:
    """To reach the screening is not enough: its page asks the same."""
    token = await factory.staff(Role.ORGANISER, festival=theirs["festival"], venue=theirs["venue"])
    answer = await client.post(
        f"/api/v1/delegations/{theirs['delegation']}/invitations",
        headers={"authorization": f"Bearer {token}"},
        json={"screenings": [theirs["screening"]]},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_reach")
