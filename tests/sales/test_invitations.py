"""Invitations: sent once, answered until the deadline, never beyond what there is room for; seated and ticketed."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.sales.invited import CLIENT, Hosts
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.allotted_tickets import GuestTickets, issue_guest_tickets
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.delegations.keeping import set_delegation
from ticketing.sales.delegations.model import DelegationTerms, read_members
from ticketing.sales.desk import read_order
from ticketing.sales.invitations.answering import OpenInvitation, open_invitation
from ticketing.sales.invitations.rounds import forget_invited, remind_invited, withdraw_invitation
from ticketing.sales.invitations.seating import issue_tickets, move_party, propose
from ticketing.sales.model import Buyer
from ticketing.sales.personal_data import ErasureRequest, erase_person, show_personal_data


@pytest.fixture
async def hosts(context: Context) -> Hosts:
    return await Hosts.opened(context)


async def test_a_list_sent_twice_invites_once(hosts: Hosts) -> None:
    assert len(await hosts.invite("Dana", "Sara", "Dana")) == 2
    assert await hosts.invite("dana", "Olga") != []
    assert sorted(await hosts.round()) == ["Dana", "Olga", "Sara"]
    assert await hosts.jobs() == ["mail_invited"] * 3
    # Without an address the name is what tells people apart, and nobody is written to.
    assert len(await hosts.invite("Aru", email=None)) == 1
    assert await hosts.invite("ARU", email=None) == []
    assert len(await hosts.jobs()) == 3
    told = await hosts.office.context.postgres.fetch("select detail::text from audit where act = 'guests_invited'")
    assert not any("Dana" in row["detail"] or "@" in row["detail"] for row in told)


async def test_answers_change_until_the_deadline(hosts: Hosts, clock: ShiftedClock) -> None:
    (dana,) = await hosts.invite("Dana")
    first = await hosts.answer(dana, "Әлия", "", note="fauteuil roulant", wheelchairs=1)
    assert (first.invitation.status, first.invitation.people) == ("accepted", 3)
    assert await hosts.answer(dana, "Әлия", "", note="fauteuil roulant", wheelchairs=1) == first
    assert (await hosts.answer(dana, attending=False)).invitation.status == "declined"
    assert (await hosts.answer(dana)).invitation.companions == ()
    acts = await hosts.office.context.postgres.fetch(
        "select login, detail->>'answer' as answer from audit where act = 'invitation_answered' order by audit_id"
    )
    assert [tuple(row) for row in acts] == [
        ("(guest)", "accepted"),
        ("(guest)", "declined"),
        ("(guest)", "accepted"),
    ]
    clock.ahead += timedelta(days=3)
    with pytest.raises(errors.AnswersClosed):
        await hosts.answer(dana, attending=False)
    assert await hosts.statuses() == {"Dana": "accepted"}


async def test_beyond_capacity_guests_wait_and_move_up(hosts: Hosts) -> None:
    ids = await hosts.invite("Aru", "Dana", "Olga", "Sara")
    aru, dana, olga, sara = ids
    await hosts.answer(aru, "x", "y")
    await hosts.answer(dana, "x", "y")
    assert (await hosts.answer(olga, "x")).invitation.status == "waiting"
    assert (await hosts.answer(sara)).invitation.status == "waiting"
    # Who waits may bring fewer, and who is accepted can't bring more than there is room for.
    with pytest.raises(errors.TooManyCompanions):
        await hosts.answer(olga, "x", "y", "z")
    await hosts.answer(dana, "x")
    assert await hosts.statuses() == {"Aru": "accepted", "Dana": "accepted", "Olga": "waiting", "Sara": "accepted"}
    with pytest.raises(errors.InvitationsFull) as refusal:
        await hosts.answer(dana, "x", "y")
    assert refusal.value.data["left"] == 2
    with pytest.raises(errors.InvitationsBeyondBounds):
        await hosts.set(5)
    await hosts.set(8)
    assert set((await hosts.statuses()).values()) == {"accepted"}
    assert (await hosts.jobs()).count("mail_invitation_moved_up") == 2
    await withdraw_invitation(hosts.sales, hosts.screening, aru, "olga")
    for _ in range(2):
        found = await withdraw_invitation(hosts.sales, hosts.screening, aru, "olga")
    assert found.people == 5
    with pytest.raises(errors.InvitationWithdrawn):
        await hosts.answer(aru)
    with pytest.raises(errors.UnknownInvitation):
        await withdraw_invitation(hosts.sales, hosts.screening, "K7Q29XFMK7Q2", "olga")


async def test_a_crowd_answers_at_once(context: Context) -> None:
    hosts = await Hosts.opened(context, people_max=7)
    ids = await hosts.invite(*(f"G{number}" for number in range(10)))
    answered = await outcomes(*(hosts.answer(one, "x") for one in ids))
    assert all(isinstance(one, OpenInvitation) for one in answered), answered
    statuses = list((await hosts.statuses()).values())
    assert (statuses.count("accepted"), statuses.count("waiting")) == (3, 7)
    assert await hosts.office.fetchval("select people from invitation_round") == 6
    # They all leave and come back: nobody is counted twice.
    await outcomes(*(hosts.answer(one, attending=bool(at % 2)) for at, one in enumerate(ids)))
    people = "select sum(1 + cardinality(companions)) from invitation where status = 'accepted'"
    assert await hosts.office.fetchval("select people from invitation_round") == await hosts.office.fetchval(people)


@pytest.mark.parametrize("secret", ["", "x" * 22, None])
async def test_a_forged_link_opens_nothing(hosts: Hosts, secret: str | None) -> None:
    first, other = await hosts.invite("Dana", "Sara")
    forged = secret if secret is not None else hosts.sales.context.secrets.link_secret("invitation", other)
    for invitation in (first, "nobody", "K7Q29XFMK7Q2"):
        with pytest.raises(errors.UnknownInvitation):
            await open_invitation(hosts.sales, invitation, forged, CLIENT)
    # A secret of another kind of link is none.
    with pytest.raises(errors.UnknownInvitation):
        await open_invitation(
            hosts.sales, first, hosts.sales.context.secrets.link_secret("allotment", first), CLIENT
        )


async def test_who_issilent_is_reminded_once(hosts: Hosts, clock: ShiftedClock) -> None:
    dana, _sara = await hosts.invite("Dana", "Sara")
    await hosts.answer(dana)
    assert await remind_invited(hosts.sales) == 0
    clock.ahead += timedelta(days=1, minutes=1)
    assert sum(await asyncio.gather(*(remind_invited(hosts.sales) for _ in range(3)))) == 1
    assert await remind_invited(hosts.sales) == 0
    assert (await hosts.jobs()).count("mail_invitation_reminder") == 1


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"answer_by": timedelta(seconds=-1)}, errors.InvalidField),
        ({"answer_by": timedelta(days=6)}, errors.InvalidField),
        ({"remind_at": timedelta(days=4)}, errors.InvalidField),
        ({"allotment": "nowhere"}, errors.UnknownAllotment),
    ],
)
async def test_terms_that_can_t_be(hosts: Hosts, more: dict[str, Any], error: type[Exception]) -> None:
    now = hosts.sales.context.clock.now()
    with pytest.raises(error):
        await hosts.set(9, **{name: now + at if isinstance(at, timedelta) else at for name, at in more.items()})
    assert await hosts.office.fetchval("select people_max from invitation_round") == 6


async def test_guests_are_seated_by_protocol_moved_and_given_tickets(hosts: Hosts) -> None:
    (minister,) = await hosts.invite("Minister", rank=1)
    await hosts.set(7)
    dana, sara, silent = await hosts.invite("Dana", "Sara", "Silent")
    for one, companions in ((dana, ("Әлия",)), (minister, ("",)), (sara, ("x",))):
        await hosts.answer(one, *companions)
    await propose(hosts.sales, hosts.screening, "olga")
    planned = {name: one.seats for name, one in (await hosts.round()).items()}
    assert set(planned["Minister"]) == {"A-4", "A-5"}
    assert (set(planned["Dana"]), set(planned["Sara"])) == ({"A-2", "A-3"}, {"A-6", "A-7"})
    assert planned["Silent"] == ()
    # Dana's party moves to the end, then changes places with the minister's.
    await move_party(hosts.sales, hosts.screening, dana, ["A-8", "A-1"], "olga")
    await move_party(hosts.sales, hosts.screening, dana, planned["Minister"], "olga")
    moved = await hosts.round()
    assert (set(moved["Dana"].seats), moved["Minister"].seats) == ({"A-4", "A-5"}, ("A-8", "A-1"))
    for seats, error in (
        (["A-1"], errors.InvalidField),
        (["A-1", "A-1"], errors.InvalidField),
        (["A-2", "B-1"], errors.SeatsTaken),
        (["A-7", "A-2"], errors.SeatsTaken),
    ):
        with pytest.raises(error):
            await move_party(hosts.sales, hosts.screening, dana, seats, "olga")
    with pytest.raises(errors.UnknownInvitation):
        await move_party(hosts.sales, hosts.screening, silent, ["A-1"], "olga")
    assert await hosts.round() == moved

    counts = await asyncio.gather(*(issue_tickets(hosts.sales, hosts.screening, "olga") for _ in range(3)))
    assert sorted(counts) == [0, 0, 3]
    found = await hosts.round()
    order = await read_order(hosts.sales.context.postgres, found["Dana"].order or "")
    assert {one.seat: one.holder for one in order.tickets} == dict(
        zip(found["Dana"].seats, ("Dana", "Әлия"), strict=True)
    )
    assert (order.email, order.locale, {one.tariff for one in order.tickets}) == (
        "dana@example.org",
        "fr",
        {"invitation"},
    )
    assert (await hosts.jobs()).count("mail_order") == 3
    assert await hosts.office.reconcile() == 0
    for late in (
        hosts.answer(dana, attending=False),
        move_party(hosts.sales, hosts.screening, dana, ["A-2", "A-3"], "olga"),
        withdraw_invitation(hosts.sales, hosts.screening, dana, "olga"),
    ):
        with pytest.raises(errors.InvitationTicketed):
            await late
    # What is planned anew leaves the tickets alone.
    await hosts.answer(silent)
    await propose(hosts.sales, hosts.screening, "olga")
    assert (await hosts.round())["Dana"].seats == found["Dana"].seats
    assert await issue_tickets(hosts.sales, hosts.screening, "olga") == 1


async def test_planned_seats_are_given_to_nobody_else_and_come_back(hosts: Hosts) -> None:
    (dana,) = await hosts.invite("Dana")
    await hosts.answer(dana)
    await propose(hosts.sales, hosts.screening, "olga")
    (planned,) = (await hosts.round())["Dana"].seats
    wish = GuestTickets(uuid.uuid4(), Buyer("e@example.org", "Embassy"), ("x",) * 8)
    with pytest.raises(errors.AllotmentFull):
        await issue_guest_tickets(hosts.sales, hosts.screening, "embassy", wish, "olga")
    await issue_tickets(hosts.sales, hosts.screening, "olga")
    order = (await hosts.round())["Dana"].order or ""
    await cancel_order(hosts.sales, order, hosts.sales.context.secrets.order_secret(order))
    # Given back, the seat can be another guest's.
    (sara,) = await hosts.invite("Sara")
    await hosts.answer(sara)
    await move_party(hosts.sales, hosts.screening, sara, [planned], "olga")
    assert await issue_tickets(hosts.sales, hosts.screening, "olga") == 1


async def test_a_smaller_party_gives_its_seats_back(hosts: Hosts) -> None:
    (dana,) = await hosts.invite("Dana")
    await hosts.answer(dana, "x", "y")
    await propose(hosts.sales, hosts.screening, "olga")
    await hosts.answer(dana, "x")
    assert len((await hosts.round())["Dana"].seats) == 2
    await hosts.answer(dana, attending=False)
    assert await hosts.office.fetchval("select count(*) from invitation_seat") == 0


async def test_names_go_when_the_festivals_time_is_over(hosts: Hosts, clock: ShiftedClock) -> None:
    (dana,) = await hosts.invite("Dana")
    await hosts.answer(dana, "Әлия", note="fauteuil")
    clock.ahead += timedelta(days=300)
    assert await forget_invited(hosts.sales) == 0
    clock.ahead += timedelta(days=80)
    assert await forget_invited(hosts.sales) == 1
    assert await forget_invited(hosts.sales) == 0
    row = await hosts.office.context.postgres.fetchrow("select * from invitation")
    assert row is not None
    assert (row["name"], row["email"], row["note"], row["companions"], row["status"]) == (
        "",
        "",
        "",
        [],
        "accepted",
    )
    assert await hosts.office.fetchval("select people from invitation_round") == 2
    with pytest.raises(errors.UnknownInvitation):
        await hosts.answer(dana)
    assert b"Dana" not in msgspec.json.encode(
        [tuple(one) for one in await hosts.office.context.postgres.fetch("select detail::text from audit")]
    )


async def test_a_guest_is_shown_what_is_kept_and_forgotten(hosts: Hosts, clock: ShiftedClock) -> None:
    (dana,) = await hosts.invite("Dana")
    await hosts.answer(dana, "Әлия", note="fauteuil")
    delegation = uuid.uuid4()
    day = clock.now().date()
    terms = DelegationTerms(
        "CNC", day, day + timedelta(days=6), tuple(read_members("Dana; dana@example.org", delegation))
    )
    await set_delegation(hosts.sales, hosts.screening.festival, delegation, terms, "olga")
    kept = await show_personal_data(hosts.sales, "DANA@example.org", "olga")
    assert [(one.status, one.companions, one.note) for one in kept.invitations] == [
        ("accepted", ["Әлия"], "fauteuil")
    ]
    assert [one.delegation for one in kept.delegations] == ["CNC"]
    erasure = await erase_person(hosts.sales, ErasureRequest("dana@example.org"), "olga")
    assert (erasure.invitations, erasure.invitations_kept) == (0, 2)
    erasure = await erase_person(hosts.sales, ErasureRequest("dana@example.org", "forget"), "olga")
    assert (erasure.invitations, erasure.invitations_kept) == (2, 0)
    kept = await show_personal_data(hosts.sales, "dana@example.org", "olga")
    assert (kept.invitations, kept.delegations) == ([], [])
    # The place that was promised stays promised: the count of people names nobody.
    assert await hosts.office.fetchval("select people from invitation_round") == 2
