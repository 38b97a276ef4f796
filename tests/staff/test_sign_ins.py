"""Sign-ins: listed, ended from elsewhere, and over when nobody works with them."""

import uuid
from datetime import timedelta

import pytest

from tests.factories import PASSWORD, Factory
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import Forbidden
from ticketing.staff.model import Grant, Principal, Role, may_sign_out, principal_with
from ticketing.staff.sessions import principal_of, sign_in
from ticketing.staff.sign_ins import list_sign_ins, revoke_sign_in

HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres is asked each time: these tests are about what it says."""
    monkeypatch.setattr("ticketing.staff.memory.KEPT_S", 0)


@pytest.fixture
async def everybody(context: Context) -> dict[Role, tuple[str, Principal]]:
    """One person a role: token, and who that is."""
    factory = Factory(context)
    return {role: (await factory.staff(role, role.value), Principal(role.value, role)) for role in Role}


async def test_idle_sign_ins_end_and_others_go_on(context: Context, clock: ShiftedClock) -> None:
    idle_s, lifetime_s = context.settings.staff_idle_s, context.settings.staff_session_s
    assert idle_s < lifetime_s
    idle = await Factory(context).staff(Role.DOOR, "dana")
    busy = (await sign_in(context, "dana", PASSWORD, HERE)).token
    step_s = idle_s - 1
    for _ in range(lifetime_s // step_s):
        clock.ahead += timedelta(seconds=step_s)
        assert await principal_of(context, busy) == Principal("dana", Role.DOOR)
    assert await principal_of(context, idle) is None
    (listed,) = await list_sign_ins(context, Principal("dana", Role.DOOR), busy)
    assert listed.here
    # Busy or not, it ends for good.
    clock.ahead = timedelta(seconds=lifetime_s + 1)
    assert await principal_of(context, busy) is None
    assert await list_sign_ins(context, Principal("dana", Role.DOOR), busy) == []


async def test_work_is_noted_once_a_minute(context: Context, clock: ShiftedClock) -> None:
    token = await Factory(context).staff(Role.DOOR, "dana")
    seen = "select last_seen_at from staff_session"
    await principal_of(context, token)
    assert await context.postgres.fetchval(seen) is None
    clock.ahead = timedelta(seconds=61)
    await principal_of(context, token)
    first = await context.postgres.fetchval(seen)
    assert first is not None
    clock.ahead = timedelta(seconds=100)
    await principal_of(context, token)
    assert await context.postgres.fetchval(seen) == first


async def test_one_s_own_are_listed_and_ended(context: Context) -> None:
    here = await Factory(context).staff(Role.DOOR, "dana")
    there = (await sign_in(context, "dana", PASSWORD, HERE, "Telephone\x00\n" + "x" * 500)).token
    await Factory(context).staff(Role.DOOR, "erlan")
    dana = Principal("dana", Role.DOOR)
    listed = await list_sign_ins(context, dana, here)
    assert {(one.login, one.here) for one in listed} == {("dana", True), ("dana", False)}
    (other,) = (one for one in listed if not one.here)
    assert other.agent == ("Telephone" + "x" * 500)[:200]
    for _ in range(2):
        await revoke_sign_in(context, other.session, dana)
    assert await principal_of(context, there) is None
    assert await principal_of(context, here) == dana
    rows = await context.postgres.fetch("select login, subject, detail from audit where act = 'session_revoked'")
    assert [dict(row) for row in rows] == [
        {"login": "dana", "subject": "dana", "detail": {"session": str(other.session)}}
    ]
    await revoke_sign_in(context, uuid.uuid4(), dana)


async def test_who_may_end_whose(context: Context, everybody: dict[Role, tuple[str, Principal]]) -> None:
    """The whole table: supervisors and above, those of whom they could stand in for."""
    token, admin = everybody[Role.ADMIN]
    sessions = {one.role: one.session for one in await list_sign_ins(context, admin, token, of_everybody=True)}
    expected = {
        Role.SUPERVISOR: {Role.DOOR, Role.BOX_OFFICE, Role.SUPERVISOR},
        Role.ORGANISER: {Role.DOOR, Role.BOX_OFFICE, Role.SUPERVISOR, Role.ORGANISER},
        Role.ADMIN: set(Role),
    }
    for by in Role:
        for other in Role:
            may = other in expected.get(by, set())
            assert may_sign_out(everybody[by][1], [Grant(other)]) is may
            if by is other or may:
                continue
            with pytest.raises(Forbidden):
                await revoke_sign_in(context, sessions[other], everybody[by][1])
            assert await principal_of(context, everybody[other][0]) is not None
    for other in (Role.DOOR, Role.BOX_OFFICE):
        await revoke_sign_in(context, sessions[other], everybody[Role.SUPERVISOR][1])
        assert await principal_of(context, everybody[other][0]) is None


async def test_those_of_others_are_for_supervisors(
    context: Context, everybody: dict[Role, tuple[str, Principal]]
) -> None:
    for role, (token, principal) in everybody.items():
        if role in (Role.DOOR, Role.BOX_OFFICE):
            with pytest.raises(Forbidden):
                await list_sign_ins(context, principal, token, of_everybody=True)
        else:
            assert len(await list_sign_ins(context, principal, token, of_everybody=True)) == len(Role)
        assert [one.login for one in await list_sign_ins(context, principal, token)] == [role.value]


async def test_no_list_has_a_token(context: Context, everybody: dict[Role, tuple[str, Principal]]) -> None:
    token, admin = everybody[Role.ADMIN]
    told = repr(await list_sign_ins(context, admin, token, of_everybody=True))
    for secret, _ in everybody.values():
        assert secret not in told


async def test_sign_ins_keep_to_where_one_supervises(context: Context) -> None:
    factory = Factory(context)
    week, other = await factory.festival(), await factory.festival()
    for login, grant in {
        "door-here": Grant(Role.DOOR, week),
        "organiser-here": Grant(Role.ORGANISER, week),
        "door-there": Grant(Role.DOOR, other),
        "door-everywhere": Grant(Role.DOOR),
    }.items():
        await factory.staff(grant.role, login, festival=grant.festival)
    token = await factory.staff(Role.SUPERVISOR, "saule", festival=week)
    saule = principal_with("saule", (Grant(Role.SUPERVISOR, week),))
    listed = await list_sign_ins(context, saule, token, of_everybody=True)
    assert {one.login for one in listed} == {"door-here", "organiser-here", "saule"}
    rows = await context.postgres.fetch("select login, session_id from staff_session join staff using (staff_id)")
    ended = set()
    for login, session in rows:
        try:
            await revoke_sign_in(context, session, saule)
            ended.add(login)
        except Forbidden:
            pass
    assert ended == {"door-here", "saule"}
