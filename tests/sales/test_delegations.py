"""Delegations: made once, invited in one act, answered for by their head, accredited, and forgotten."""

import uuid
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import icalendar
import msgspec
import pytest

from tests.sales.invited import CLIENT, Hosts
from tests.sales.mailbox import Mailbox, free_port, listening, text_of, work_through
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.mail import SmtpTransport
from ticketing.sales.delegations.heading import (
    answer_for_members,
    delegation_calendar,
    delegation_page,
    open_delegation,
)
from ticketing.sales.delegations.keeping import (
    accredit_delegation,
    forget_delegations,
    invite_delegation,
    list_delegations,
    set_delegation,
)
from ticketing.sales.delegations.model import (
    Delegation,
    DelegationTerms,
    MemberTerms,
    check_members,
    programme_of,
    read_members,
)
from ticketing.sales.desk import read_order
from ticketing.sales.invitations.rounds import call_off_invitations, withdraw_invitation
from ticketing.sales.invitations.seating import issue_tickets, propose
from ticketing.sales.screenings.cancelling import cancel_screening

DELEGATION = uuid.UUID("abcdef00-0000-4000-8000-000000000001")
LIST = "Anne Petit; anne@example.fr; présidente; 1\nLuc; luc@example.fr; conseiller; 5\nMarie"


@pytest.fixture
async def hosts(context: Context) -> Hosts:
    return await Hosts.opened(context)


async def made(hosts: Hosts, members: str = LIST, delegation: uuid.UUID = DELEGATION, **more: Any) -> Delegation:
    usual: dict[str, Any] = {
        "name": "CNC",
        "arrives_on": date(2026, 11, 23),
        "leaves_on": date(2026, 11, 29),
        "locale": "fr",
        "country": "FR",
        "notes": "Hotel",
        "members": tuple(read_members(members, delegation)),
    }
    terms = DelegationTerms(**{**usual, **more})
    return await set_delegation(hosts.sales, hosts.screening.festival, delegation, terms, "olga")


def secret_of(hosts: Hosts, delegation: Delegation) -> str:
    return delegation_page(hosts.sales.context, delegation, "fr").rpartition("/")[2]


def statuses(delegation: Delegation) -> dict[str, list[str]]:
    return {one.name: [invited.status for invited in one.invitations] for one in delegation.members}


async def test_a_delegation_is_one_and_has_one_head(hosts: Hosts) -> None:
    first = await made(hosts)
    assert await made(hosts) == first
    assert [(one.name, one.head, one.rank, one.function) for one in first.members] == [
        ("Anne Petit", True, 1, "présidente"),
        ("Luc", False, 5, "conseiller"),
        ("Marie", False, 500, ""),
    ]
    changed = await made(hosts, "Luc; luc@example.fr\nAnne Petit; ANNE@example.fr", name="CNC, Paris")
    assert [(one.name, one.head) for one in changed.members] == [("Luc", True), ("Anne Petit", False)]
    assert {one.member for one in changed.members} < {one.member for one in first.members}
    assert await list_delegations(hosts.sales, hosts.screening.festival) == [changed]
    other = await hosts.office.factory.festival()
    terms = DelegationTerms("x", date.min, date.max, tuple(read_members("x", DELEGATION)))
    with pytest.raises(errors.UnknownDelegation):
        await set_delegation(hosts.sales, other, DELEGATION, terms, "olga")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        ("\n".join(["x"] * 51), None),
        ("Anne\nLuc; nowhere", 2),
        ("Anne;;;many", 1),
        ("Anne;;;1;more", 1),
        ("Anne;;;1;B22222222222A;more", 1),
    ],
)
def test_a_list_of_members_that_can_t_be_read_says_where(text: str, line: int | None) -> None:
    with pytest.raises(errors.InvalidField) as refusal:
        read_members(text, DELEGATION)
    assert refusal.value.data.get("line") == line


@pytest.mark.parametrize("twice", [("a@example.fr", "A@example.fr"), (None, None)])
def test_members_can_be_told_apart(twice: tuple[str | None, str | None]) -> None:
    with pytest.raises(errors.InvalidField):
        check_members([MemberTerms(uuid.uuid4(), "Anne", email) for email in twice])
    check_members([MemberTerms(uuid.uuid4(), "Anne", "a@example.fr"), MemberTerms(uuid.uuid4(), "Anne")])


async def test_invited_in_one_act_and_answered_for_by_the_head(hosts: Hosts, clock: ShiftedClock) -> None:
    await made(hosts)
    await hosts.invite("Luc", email="luc@example.fr")
    for _ in range(2):
        invited = await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening], "olga")
    # Luc was invited by himself before, and is not invited again.
    assert statuses(invited) == {"Anne Petit": ["invited"], "Luc": ["invited"], "Marie": ["invited"]}
    assert sorted(await hosts.jobs()) == ["mail_delegation_invited", "mail_invited"]
    with pytest.raises(errors.MemberInvited):
        await made(hosts, "Anne Petit; anne@example.fr")

    secret = secret_of(hosts, invited)
    opened = await open_delegation(hosts.sales, str(DELEGATION), secret, CLIENT)
    by_name = {one.name: one.invitations[0].invitation for one in opened.members}
    (stranger,) = await hosts.invite("Stranger")
    said: Any = {by_name["Anne Petit"]: "yes", by_name["Marie"]: "yes", by_name["Luc"]: "no", stranger: "yes"}
    for _ in range(2):
        assert await answer_for_members(hosts.sales, opened, said, CLIENT) == {}
    opened = await open_delegation(hosts.sales, str(DELEGATION), secret, CLIENT)
    assert statuses(opened) == {"Anne Petit": ["accepted"], "Luc": ["declined"], "Marie": ["accepted"]}
    assert (await hosts.statuses())["Stranger"] == "invited"

    await propose(hosts.sales, hosts.screening, "olga")
    assert await issue_tickets(hosts.sales, hosts.screening, "olga") == 2
    # Marie has no address: her tickets go to the head, in her name.
    marie = (await hosts.round())["Marie"]
    order = await read_order(hosts.sales.context.postgres, marie.order or "")
    assert (order.email, order.name, order.tickets[0].holder) == ("anne@example.fr", "Marie", "Marie")
    late = await answer_for_members(hosts.sales, opened, {marie.invitation: "no", by_name["Luc"]: "yes"}, CLIENT)
    assert {name: type(error) for name, error in late.items()} == {marie.invitation: errors.InvitationTicketed}
    assert (await hosts.statuses())["Luc"] == "accepted"
    await withdraw_invitation(hosts.sales, hosts.screening, by_name["Luc"], "olga")
    left = await made(hosts, "Anne Petit; anne@example.fr\nMarie")
    assert len(left.members) == 2
    (point,) = programme_of(left)
    assert [guest.member.name for guest in point.guests] == ["Anne Petit", "Marie"]


async def test_all_or_nothing_is_invited(hosts: Hosts) -> None:
    await made(hosts)
    bare = await hosts.office.factory.screening(festival=hosts.screening.festival)
    foreign = await hosts.office.factory.screening()
    for screening, error in (
        (bare, errors.InvitationTermsMissing),
        (foreign, errors.UnknownScreening),
        ("nowhere", errors.UnknownScreening),
    ):
        with pytest.raises(error):
            await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening, screening], "olga")
    with pytest.raises(errors.UnknownDelegation):
        await invite_delegation(hosts.sales, uuid.UUID(int=2), [hosts.office.screening], "olga")
    assert await hosts.jobs() == []
    assert await hosts.round() == {}


@pytest.mark.parametrize("name", [str(DELEGATION).upper(), DELEGATION.hex, "nobody", str(uuid.UUID(int=2))])
async def test_a_forged_link_opens_nothing(hosts: Hosts, name: str) -> None:
    secret = secret_of(hosts, await made(hosts))
    for delegation, forged in ((str(DELEGATION), secret[:-1]), (name, secret)):
        with pytest.raises(errors.UnknownDelegation):
            await open_delegation(hosts.sales, delegation, forged, CLIENT)


async def test_badges_and_dates(hosts: Hosts) -> None:
    day = hosts.screening.starts_at.date()
    await made(hosts, arrives_on=day - timedelta(days=3), leaves_on=day + timedelta(days=3))
    await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening], "olga")
    first = await accredit_delegation(hosts.sales, DELEGATION, "olga")
    assert all(one.accreditation for one in first.members)
    assert await accredit_delegation(hosts.sales, DELEGATION, "olga") == first
    # Broken off before the badges were noted, it finds them.
    await hosts.office.context.postgres.execute("update delegation_member set accreditation_id = null")
    assert await accredit_delegation(hosts.sales, DELEGATION, "olga") == first
    # A badge that somebody has already can be named; one of nobody here can't.
    badge = first.members[0].accreditation
    (alone,) = (await made(hosts, f"Paul;;;1;{badge}", uuid.UUID(int=9))).members
    assert alone.accreditation == badge
    with pytest.raises(errors.InvalidField):
        await made(hosts, "Paul;;;1;B22222222222A", uuid.UUID(int=9))
    rows = await hosts.office.context.postgres.fetch("select organisation, category from accreditation")
    assert [tuple(row) for row in rows] == [("CNC", "delegation")] * 3

    calendar = icalendar.Calendar.from_ical(await delegation_calendar(hosts.sales, first))
    (event,) = calendar.events
    assert (event.start, event["STATUS"]) == (hosts.screening.starts_at.replace(microsecond=0), "CONFIRMED")
    assert b"Petit" not in calendar.to_ical()
    said: Any = {one.invitations[0].invitation: "no" for one in first.members}
    assert await answer_for_members(hosts.sales, first, said, CLIENT) == {}
    after = await open_delegation(hosts.sales, str(DELEGATION), secret_of(hosts, first), CLIENT)
    (event,) = icalendar.Calendar.from_ical(await delegation_calendar(hosts.sales, after)).events
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 3)


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, SmtpTransport]]:
    box = Mailbox()
    async with listening(box, free_port()) as url:
        yield box, SmtpTransport(url)


async def test_letters_come_in_the_guests_language_and_lead_to_the_answer(
    hosts: Hosts, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    first = await made(hosts)
    await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening], "olga")
    await hosts.invite("Әсел", email="asel@example.kz", locale="kk")
    await work_through(hosts.office, transport)
    letters = {str(message["To"]): message for message in box.messages}
    assert set(letters) == {"anne@example.fr", "luc@example.fr", "asel@example.kz"}
    head = text_of(letters["anne@example.fr"])
    assert delegation_page(hosts.sales.context, first, "fr") in head
    assert "a l'honneur d'inviter votre délégation" in head
    for address, words in (("luc@example.fr", "Vous êtes invité"), ("asel@example.kz", "Сіз шақырылдыңыз")):
        assert str(letters[address]["Subject"]).startswith(words)
        assert "/invitations/" in text_of(letters[address])
    assert letters["asel@example.kz"]["Content-Language"] == "kk"
    # Cancelled, those who have no tickets are told, once, but for who has declined.
    luc = (await hosts.round())["Luc"].invitation
    await hosts.answer(luc, attending=False)
    assert await call_off_invitations(hosts.sales) == 0
    await cancel_screening(hosts.sales, hosts.screening, "refund", {"fr": "La copie manque."}, "olga")
    assert [await call_off_invitations(hosts.sales) for _ in range(2)] == [3, 0]
    hosts.sales.catalogue.forget()
    await work_through(hosts.office, transport)
    told = {str(message["To"]): text_of(message) for message in box.messages[3:]}
    assert set(told) == {"anne@example.fr", "asel@example.kz"}
    assert "La copie manque." in told["anne@example.fr"]


async def test_another_head_has_another_link(hosts: Hosts, mailbox: tuple[Mailbox, SmtpTransport]) -> None:
    """It is mailed to them once, whether or not the one before is still a member; theirs opens nothing any more."""
    box, transport = mailbox
    headed = [await made(hosts)]
    await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening], "olga")
    await work_through(hosts.office, transport)
    known = len(box.messages)
    one, two, three = LIST.splitlines()
    for members in ("\n".join((two, one, three)), "\n".join((f"Zoé; zoe@example.fr\n{two}", one, three))):
        for _ in range(2):
            changed = await made(hosts, members)
        headed.append(changed)
        await work_through(hosts.office, transport)
        (told,) = box.messages[known:]
        known += 1
        assert str(told["To"]) == changed.members[0].email
        assert delegation_page(hosts.sales.context, changed, "fr") in text_of(told)
        for before in headed[:-1]:
            with pytest.raises(errors.UnknownDelegation):
                await open_delegation(hosts.sales, str(DELEGATION), secret_of(hosts, before), CLIENT)
        opened = await open_delegation(hosts.sales, str(DELEGATION), secret_of(hosts, changed), CLIENT)
        assert opened == changed
    # Back to who headed it before: the link is the one they had.
    assert secret_of(hosts, await made(hosts, "\n".join((one, two, three, "Zoé; zoe@example.fr")))) == secret_of(
        hosts, headed[0]
    )


async def test_members_are_forgotten_with_the_festival(hosts: Hosts, clock: ShiftedClock) -> None:
    await made(hosts)
    clock.ahead += timedelta(days=360)
    assert await forget_delegations(hosts.sales) == 0
    clock.ahead += timedelta(days=30)
    assert await forget_delegations(hosts.sales) == 1
    assert await list_delegations(hosts.sales, hosts.screening.festival) == []
    rows = await hosts.office.context.postgres.fetch("select name, email, function from delegation_member")
    assert {tuple(row) for row in rows} == {("", "", "")}
    audit = await hosts.office.context.postgres.fetch("select detail::text from audit")
    assert b"Petit" not in msgspec.json.encode([row["detail"] for row in audit])
