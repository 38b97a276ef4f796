"""An act names its festival and its venue where it is of one alone: those whose role counts there find it."""

from typing import Any

import pytest

from tests.accreditation.people import accredited
from tests.factories import Factory
from ticketing.accreditation.accrediting import revoke_accreditation
from ticketing.accreditation.desk import Accreditations
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.staff.accounts import add_audit
from ticketing.staff.audit import AuditWish, read_audit
from ticketing.staff.devices import add_device
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import Place, Reach, reach_of
from ticketing.tickets.keys import SigningKeys
from ticketing.web.pages.audit import ACTS

# Of nobody's festival: accounts, keys, and what is one's own.
OF_THE_HOUSE = {
    act
    for act in ACTS
    if act.startswith(("sign", "session_", "staff_", "password_", "second_factor_", "recovery_", "token_", "key_"))
}
OF_THE_FESTIVAL = {"accredited", "delegation_set", "week_closed", "webhook_set", "webhook_ended"} | {
    "webhook_tried", "webhook_replayed", "programme_imported",
}  # fmt: skip
OF_A_BADGE = {act for act in ACTS if act.startswith(("accreditation_", "badge_"))}
OF_AN_ORDER = {"took_payment", "handed_out_refund", "sold_at_counter", "cancelled_at_counter", "ticket_reprinted"}
OF_A_TILL = {"till_set", "shift_opened", "shift_closed"}
OF_A_DEVICE = {act for act in ACTS if act.startswith("device_")}
OF_AN_ENTRY = {"programme_added", "programme_changed", "programme_deleted"}


@pytest.fixture
async def things(context: Context) -> dict[str, str]:
    """One of everything that something is done to."""
    factory = Factory(context)
    hall = await factory.hall()
    screening = await factory.screening(hall=hall)
    festival = str(
        await context.postgres.fetchval("select festival_id from screening where screening_id = $1", screening)
    )
    await add_device(context, "Phone", [f"venue-of-{hall}"], ["1"], by="sara")
    device = await context.postgres.fetchval("select device_id from device")
    await context.postgres.execute("insert into till values ('foyer', $1, 'Foyer')", f"venue-of-{hall}")
    return {
        "screening": screening,
        "festival": festival,
        "hall": hall,
        "venue": f"venue-of-{hall}",
        "order": (await factory.order(screening, "A-1")).order_id,
        "badge": await accredited(factory, festival),
        "device": f"device {device}",
        "till": "foyer",
    }


Line = tuple[str, dict[str, Any], bool, bool]
"""What an act is done to, what its line says besides, and whether it is of the festival, and at the venue."""
LINES: list[tuple[set[str], list[Line]]] = [
    (OF_THE_FESTIVAL, [("{festival}", {}, True, False)]),
    (OF_A_BADGE, [("{badge}", {}, True, False)]),
    (OF_AN_ORDER, [("{order}", {}, True, False), ("{order}-2345", {}, True, False)]),
    (OF_A_TILL, [("foyer", {"till": "foyer"}, False, True)]),
    (OF_A_DEVICE, [("{device}", {}, False, True)]),
    (OF_THE_HOUSE, [("{festival}", {}, False, False)]),
    ({"hall_saved"}, [("{hall}", {}, False, True)]),
    (
        OF_AN_ENTRY,
        [
            ("{festival}", {"table": "festival"}, True, False),
            ("{festival}:stalls", {"table": "zone"}, True, False),
            ("{festival}:standard", {"table": "price_list"}, True, False),
            ("{screening}", {"table": "screening"}, True, True),
            ("gone", {"table": "screening", "was": {"festival": "{festival}", "hall": "{hall}"}}, True, True),
            ("{hall}", {"table": "hall"}, False, True),
            ("{venue}", {"table": "venue"}, False, True),
            # A film may be called as a festival is.
            ("{festival}", {"table": "film"}, False, False),
        ],
    ),
]
OF_A_SCREENING: list[Line] = [("{screening}", {}, True, True)]


def told(act: str) -> list[Line]:
    """All the rest is done to screenings: an act that is not has to be named above."""
    return next((lines for acts, lines in LINES if act in acts), OF_A_SCREENING)


async def test_an_act_names_its_place(context: Context, things: dict[str, str]) -> None:
    # Written by the statement that made the device.
    made = await context.postgres.fetchval("select venue_id from audit where act = 'device_added'")
    assert made == things["venue"]
    for act, (subject, detail, of_festival, at_venue) in [(one, line) for one in ACTS for line in told(one)]:
        was = {name: text.format(**things) for name, text in detail.get("was", {}).items()}
        said = detail | ({"was": was} if was else {})
        await add_audit(context.postgres, context.clock.now(), "olga", act, subject.format(**things), **said)
        row = await context.postgres.fetchrow("select * from audit order by audit_id desc limit 1")
        assert row is not None
        place = things["festival"] if of_festival else None, things["venue"] if at_venue else None
        assert (row["festival_id"], row["venue_id"]) == place, (act, subject, detail)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (Place("{festival}"), ["seat_broken", "accreditation_revoked"]),
        (Place(None, "{venue}"), ["seat_broken"]),
        (Place("{festival}", "{venue}"), ["seat_broken"]),
        (Place("another"), []),
    ],
)
async def test_whose_role_counts_there_finds_it(
    context: Context, things: dict[str, str], place: Place, found: list[str]
) -> None:
    desk = Accreditations(context, Catalogue(context), SigningKeys(context))
    await revoke_accreditation(desk, things["badge"], "olga")
    await add_audit(context.postgres, context.clock.now(), "olga", "seat_broken", things["screening"], seat="A-1")
    await add_audit(context.postgres, context.clock.now(), "olga", "staff_disabled", "dana")
    await add_audit(context.postgres, context.clock.now(), "sara", "signed_in", "sara")

    def named(text: str | None) -> str | None:
        return text.format(**things) if text else None

    reach: Reach = reach_of([Place(named(place.festival), named(place.venue))])
    sara = Principal("sara", Role.SUPERVISOR, reach=reach)
    for wish, acts in ((AuditWish(), ["signed_in", *found]), (AuditWish(login="olga"), found)):
        page = await read_audit(context, wish, 50, reader=sara)
        assert [line.act for line in page.lines if line.act != "device_added"] == acts
