"""Accounts made and mended by administrators: grants, links for passwords, the last administrator, who stays."""

import asyncio
from datetime import timedelta

import pytest

from tests.factories import PASSWORD, Factory
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import (
    InvalidField,
    LastAdmin,
    PasswordLinkOver,
    StaffExists,
    TicketingError,
    UnknownStaff,
    WrongCredentials,
)
from ticketing.staff.accounts import disable_staff
from ticketing.staff.model import Grant, Role
from ticketing.staff.people import (
    PASSWORD_LINK_TTL_S,
    add_person,
    give_grant,
    list_people,
    make_password_link,
    set_person,
    show_person,
    take_grant,
    take_password_link,
    whose_link,
)
from ticketing.staff.sessions import principal_of, sign_in

HERE = "192.0.2.1"


async def acts(context: Context) -> list[tuple[str, str]]:
    rows = await context.postgres.fetch("select act, subject from audit where login = 'ada' order by audit_id")
    return [(row["act"], row["subject"]) for row in rows]


async def test_an_account_is_opened_by_its_link_once(context: Context, clock: ShiftedClock) -> None:
    await add_person(context, "Dana", [Grant(Role.DOOR)], by="ada")
    first = await make_password_link(context, "dana", by="ada")
    link = await make_password_link(context, "dana", by="ada")
    with pytest.raises(PasswordLinkOver):
        await whose_link(context, first.secret)
    assert await whose_link(context, link.secret) == "dana"
    with pytest.raises(InvalidField):
        await take_password_link(context, link.secret, "short")
    taken = await asyncio.gather(
        *(take_password_link(context, link.secret, PASSWORD + str(turn)) for turn in range(4)),
        return_exceptions=True,
    )
    (winner,) = [turn for turn, outcome in enumerate(taken) if outcome == "dana"]
    assert sum(isinstance(outcome, PasswordLinkOver) for outcome in taken) == 3
    assert (await sign_in(context, "dana", PASSWORD + str(winner), HERE)).role is Role.DOOR
    late = await make_password_link(context, "dana", by="ada")
    clock.ahead = timedelta(seconds=PASSWORD_LINK_TTL_S + 1)
    with pytest.raises(PasswordLinkOver):
        await take_password_link(context, late.secret, PASSWORD)
    assert await acts(context) == [("staff_added", "dana"), *[("password_link_made", "dana")] * 3]
    stored = str(await context.postgres.fetch("select * from staff, audit"))
    assert late.secret not in stored


async def test_a_new_password_signs_out(context: Context) -> None:
    token = await Factory(context).staff(Role.DOOR, "dana")
    link = await make_password_link(context, "dana", by="ada")
    await take_password_link(context, link.secret, "another password")
    assert await principal_of(context, token) is None


async def test_a_closed_account_has_no_link(context: Context) -> None:
    await Factory(context).staff(Role.DOOR, "dana")
    link = await make_password_link(context, "dana", by="ada")
    await disable_staff(context, "dana", by="ada")
    for asked in (
        whose_link(context, link.secret),
        take_password_link(context, link.secret, PASSWORD),
        make_password_link(context, "dana", by="ada"),
        make_password_link(context, "nobody", by="ada"),
        show_person(context, "nobody"),
    ):
        with pytest.raises((PasswordLinkOver, UnknownStaff)):
            await asked


async def test_grants_are_set_as_a_whole(context: Context) -> None:
    factory = Factory(context)
    week, hall = await factory.festival(), await factory.hall()
    venue = f"venue-of-{hall}"
    wanted = [Grant(Role.ORGANISER, week), Grant(Role.DOOR, None, venue)]
    for _ in range(2):
        person = await set_person(context, "dana", wanted, by="ada")
        assert set(person.grants) == set(wanted)
    assert person.role is Role.ORGANISER
    token = await factory.staff(Role.DOOR, "erlan")
    assert await principal_of(context, token) is not None
    await set_person(context, "erlan", [Grant(Role.BOX_OFFICE, week, venue)], by="ada")
    erlan = await principal_of(context, token)
    assert erlan is not None
    assert erlan.held() == (Grant(Role.BOX_OFFICE, week, venue),)
    assert await acts(context) == [("staff_added", "dana"), ("staff_grants_set", "erlan")]
    detail = await context.postgres.fetchval("select detail from audit where act = 'staff_grants_set'")
    assert detail == {"given": [f"box_office festival {week} venue {venue}"], "taken": ["door"]}


async def test_a_role_that_was_taken_away_stays_away(context: Context) -> None:
    """Also where one is given at the same moment: each changes its own grant, whatever the others were before."""
    factory = Factory(context)
    weeks = [await factory.festival() for _ in range(6)]
    given, taken = ([Grant(Role.DOOR, week) for week in half] for half in (weeks[:3], weeks[3:]))
    await add_person(context, "dana", [Grant(Role.BOX_OFFICE), *taken], by="ada")
    for _ in range(2):
        await asyncio.gather(
            *(give_grant(context, "Dana", grant, by="ada") for grant in given),
            *(take_grant(context, "dana", grant, by="ada") for grant in taken),
        )
        assert set((await show_person(context, "dana")).grants) == {Grant(Role.BOX_OFFICE), *given}
    # Once each: what was so before is no act.
    assert [act for act, _ in await acts(context)] == ["staff_added", *["staff_grants_set"] * 6]
    await factory.staff(Role.ADMIN, "ada")
    for login, grant, refusal in (
        ("ada", Grant(Role.ADMIN), InvalidField),
        ("dana", Grant(Role.DOOR, "no-such-week"), InvalidField),
        ("nobody", Grant(Role.DOOR), UnknownStaff),
    ):
        with pytest.raises(refusal):
            await (take_grant if login == "ada" else give_grant)(context, login, grant, by="ada")
    await give_grant(context, "ada", Grant(Role.DOOR), by="ada")
    with pytest.raises(LastAdmin):
        await take_grant(context, "ada", Grant(Role.ADMIN), by="ada")


@pytest.mark.parametrize(
    "grants",
    [
        [],
        [Grant(Role.DOOR, "no-such-week")],
        [Grant(Role.DOOR, None, "no-such-venue")],
        [Grant(Role.ADMIN, "week")],
        [Grant(Role.DOOR, f"week-{turn}") for turn in range(51)],
    ],
)
async def test_grants_that_can_not_be(context: Context, grants: list[Grant]) -> None:
    await Factory(context).staff(Role.DOOR, "dana")
    for login in ("dana", "new"):
        with pytest.raises(InvalidField):
            await set_person(context, login, grants, by="ada")
    assert (await show_person(context, "dana")).grants == (Grant(Role.DOOR),)
    with pytest.raises(UnknownStaff):
        await show_person(context, "new")


async def test_the_last_administrator_stays(context: Context) -> None:
    factory = Factory(context)
    await factory.staff(Role.ADMIN, "ada")
    await factory.staff(Role.ADMIN, "bek")
    await disable_staff(context, "bek", by="ada")
    for act in (disable_staff(context, "ada", by="ada"), set_person(context, "ada", [Grant(Role.DOOR)], by="ada")):
        with pytest.raises(LastAdmin):
            await act
    assert (await show_person(context, "ada")).role is Role.ADMIN
    # An administrator may have a role more, and one who has left may lose theirs.
    await set_person(context, "ada", [Grant(Role.ADMIN), Grant(Role.DOOR)], by="ada")
    await set_person(context, "bek", [Grant(Role.DOOR)], by="ada")


async def test_two_administrators_can_t_take_each_other_away(context: Context) -> None:
    factory = Factory(context)
    for turn in range(4):
        one, other = f"one-{turn}", f"other-{turn}"
        await factory.staff(Role.ADMIN, one)
        await factory.staff(Role.ADMIN, other)
        if turn:
            await set_person(context, f"one-{turn - 1}", [Grant(Role.DOOR)], by=one)
            await set_person(context, f"other-{turn - 1}", [Grant(Role.DOOR)], by=one)
        outcomes = await asyncio.gather(
            disable_staff(context, one, by=other),
            set_person(context, other, [Grant(Role.DOOR)], by=one),
            return_exceptions=True,
        )
        assert sorted(isinstance(outcome, LastAdmin) for outcome in outcomes) == [False, True], outcomes
        await context.postgres.execute("update staff set active = true")
        await set_person(context, other, [Grant(Role.ADMIN)], by=one)


async def test_a_login_is_taken_once(context: Context) -> None:
    outcomes = await asyncio.gather(
        *(add_person(context, "dana", [Grant(role)], by="ada") for role in (Role.DOOR, Role.SUPERVISOR)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, StaffExists) for outcome in outcomes) == 1
    with pytest.raises(TicketingError):
        await add_person(context, "no login", [Grant(Role.DOOR)], by="ada")
    with pytest.raises(WrongCredentials):
        await sign_in(context, "dana", PASSWORD, HERE)


async def test_supervisors_see_who_works_where_they_do(context: Context) -> None:
    factory = Factory(context)
    week, other = await factory.festival(), await factory.festival()
    await factory.staff(Role.DOOR, "here", festival=week)
    await factory.staff(Role.DOOR, "there", festival=other)
    await factory.staff(Role.DOOR, "everywhere")
    for where, seen in (({"festival": week}, {"here", "sara-1"}), ({}, {"here", "there", "everywhere"})):
        login = f"sara-{len(where)}"
        token = await factory.staff(Role.SUPERVISOR, login, **where)
        principal = await principal_of(context, token)
        assert principal is not None
        assert seen <= {one.login for one in await list_people(context, principal)}
        assert ("there" in {one.login for one in await list_people(context, principal)}) is (not where)
