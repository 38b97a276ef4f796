"""Accounts and sign-ins on real servers."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from tests.factories import PASSWORD, Factory
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import InvalidField, StaffExists, TooMany, UnknownStaff, WrongCredentials
from ticketing.kernel.redis import Redis
from ticketing.staff import throttle
from ticketing.staff.accounts import add_staff, disable_staff, enable_staff, list_staff, set_password
from ticketing.staff.memory import KEPT_S
from ticketing.staff.model import Principal, Role
from ticketing.staff.sessions import forget_principals, principal_of, sign_in, sign_out

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
async def dana(context: Context) -> str:
    """Somebody of the door: the login."""
    await add_staff(context, "dana", PASSWORD, Role.DOOR)
    return "dana"


async def acts(context: Context) -> list[tuple[str, str, str]]:
    rows = await context.postgres.fetch("select login, act, subject from audit order by audit_id")
    return [(row["login"], row["act"], row["subject"]) for row in rows]


async def test_who_knows_the_password_gets_in(context: Context, dana: str) -> None:
    opened = await sign_in(context, f" {dana.upper()} ", PASSWORD, HERE)
    assert opened.role is Role.DOOR
    assert await principal_of(context, opened.token) == Principal("dana", Role.DOOR)
    row = await context.postgres.fetchrow("select * from staff_session")
    assert row is not None
    assert opened.token not in repr(dict(row))
    assert row["expires_at"] == opened.expires_at
    assert (await sign_in(context, dana, PASSWORD, HERE)).token != opened.token


async def test_who_does_not_know_it_stays_out(context: Context, dana: str) -> None:
    for login, password in (
        (dana, "wrong"),
        (dana, ""),
        (dana, PASSWORD + " "),
        ("nobody", PASSWORD),
        ("", ""),
        ("дана", PASSWORD),
    ):
        with pytest.raises(WrongCredentials):
            await sign_in(context, login, password, HERE)
        name = dana if login == dana else "(unknown)"
        assert (await acts(context))[-1] == (name, "sign_in_failed", name)


async def test_passwords_are_kept_as_argon2id(context: Context, dana: str) -> None:
    kept = await context.postgres.fetchval("select password_hash from staff where login = $1", dana)
    assert kept.startswith("$argon2id$")


async def test_a_token_of_nobody_is_nobody_s(context: Context) -> None:
    for token in ("", "x", "a" * 43, "é" * 43, "a" * 100_000):
        assert await principal_of(context, token) is None
        await sign_out(context, token)


async def test_signing_out_ends_it_at_once_here(context: Context, dana: str) -> None:
    token = (await sign_in(context, dana, PASSWORD, HERE)).token
    assert await principal_of(context, token)
    await sign_out(context, token)
    assert await principal_of(context, token) is None
    await sign_out(context, token)
    assert await acts(context) == [
        ("(operator)", "staff_added", "dana"),
        ("dana", "signed_in", "dana"),
        ("dana", "signed_out", "dana"),
    ]


async def test_a_sign_in_ends_by_itself(context: Context, clock: ShiftedClock, dana: str) -> None:
    opened = await sign_in(context, dana, PASSWORD, HERE)
    assert await principal_of(context, opened.token)
    clock.ahead = timedelta(seconds=context.settings.staff_session_s + 1)
    assert await principal_of(context, opened.token) is None
    forget_principals()
    assert await principal_of(context, opened.token) is None


async def test_another_process_learns_of_it_within_seconds(
    context: Context, dana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await sign_in(context, dana, PASSWORD, HERE)).token
    assert await principal_of(context, token)
    await context.postgres.execute("update staff_session set revoked_at = now()")
    assert await principal_of(context, token), "within the few seconds of the cache"
    assert KEPT_S <= 5
    monkeypatch.setattr("ticketing.staff.memory.KEPT_S", 0)
    assert await principal_of(context, token) is None


@pytest.mark.parametrize("act", ["disabled", "new password"])
async def test_a_change_of_the_account_ends_its_sign_ins(context: Context, dana: str, act: str) -> None:
    token = (await sign_in(context, dana, PASSWORD, HERE)).token
    other = await Factory(context).staff(Role.ADMIN, "root")
    assert await principal_of(context, token)
    if act == "disabled":
        await disable_staff(context, dana)
    else:
        await set_password(context, dana, "another password")
    assert await principal_of(context, token) is None
    assert await principal_of(context, other)
    with pytest.raises(WrongCredentials):
        await sign_in(context, dana, PASSWORD, HERE)
    if act == "disabled":
        await enable_staff(context, dana)
        await sign_in(context, dana, PASSWORD, HERE)
    else:
        await sign_in(context, dana, "another password", HERE)


async def test_accounts_are_listed_and_unique(context: Context, dana: str) -> None:
    await add_staff(context, "Root", PASSWORD, Role.ADMIN)
    await disable_staff(context, dana)
    assert [(account.login, account.role, account.active) for account in await list_staff(context)] == [
        ("dana", Role.DOOR, False),
        ("root", Role.ADMIN, True),
    ]
    with pytest.raises(StaffExists):
        await add_staff(context, "DANA", PASSWORD, Role.ADMIN)
    with pytest.raises(UnknownStaff):
        await set_password(context, "nobody", PASSWORD)
    with pytest.raises(UnknownStaff):
        await disable_staff(context, "nobody")


async def test_bad_accounts_are_refused(context: Context) -> None:
    for login, password in (("d a", PASSWORD), ("", PASSWORD), ("dana", "short"), ("dana", "x" * 257)):
        with pytest.raises(InvalidField):
            await add_staff(context, login, password, Role.DOOR)
    assert await list_staff(context) == []


async def test_a_demo_may_have_a_short_password(context: Context) -> None:
    await add_staff(context, "dana", "demo", Role.DOOR, weak_allowed=True)
    await sign_in(context, "dana", "demo", HERE)
    with pytest.raises(InvalidField):
        await add_staff(context, "none", "", Role.DOOR, weak_allowed=True)


async def fail(context: Context, login: str, client: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await sign_in(context, login, "wrong", client)


@pytest.fixture
def quick_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few failures suffice: each costs a password hash."""
    monkeypatch.setattr(throttle, "PER_ADDRESS_AND_LOGIN", throttle.PER_ADDRESS_AND_LOGIN._replace(counted_max=3))
    monkeypatch.setattr(throttle, "PER_ADDRESS", throttle.PER_ADDRESS._replace(counted_max=5))


@pytest.mark.usefixtures("quick_throttle")
async def test_a_stranger_s_failures_do_not_lock_the_owner_out(context: Context, dana: str) -> None:
    await fail(context, dana, ELSEWHERE, 3)
    with pytest.raises(TooMany) as refused:
        await sign_in(context, dana, PASSWORD, ELSEWHERE)
    assert 1 <= refused.value.data["retry_after_s"] <= throttle.WINDOW_S
    await sign_in(context, dana, PASSWORD, HERE)


@pytest.mark.usefixtures("quick_throttle")
async def test_an_address_that_tries_many_names_is_slowed_down(context: Context, dana: str) -> None:
    for number in range(5):
        await fail(context, f"guess{number}", ELSEWHERE, 1)
    with pytest.raises(TooMany):
        await sign_in(context, dana, PASSWORD, ELSEWHERE)


@pytest.mark.usefixtures("quick_throttle")
async def test_a_network_of_many_addresses_counts_as_one(context: Context, dana: str) -> None:
    for number in range(3):
        await fail(context, dana, f"2001:db8::{number:x}:1", 1)
    with pytest.raises(TooMany):
        await sign_in(context, dana, PASSWORD, "2001:db8::ffff:9")
    await sign_in(context, dana, PASSWORD, "2001:db8:0:1::1")
    await fail(context, dana, f"::ffff:{ELSEWHERE}", 3)
    with pytest.raises(TooMany):
        await sign_in(context, dana, PASSWORD, ELSEWHERE)
    await sign_in(context, dana, PASSWORD, HERE)


@pytest.mark.usefixtures("quick_throttle")
async def test_successes_are_not_counted(context: Context, dana: str) -> None:
    for _ in range(7):
        await sign_in(context, dana, PASSWORD, HERE)


@pytest.mark.usefixtures("quick_throttle")
async def test_tries_at_once_are_counted_before_they_are_made(context: Context, dana: str) -> None:
    tries = [sign_in(context, dana, "wrong", HERE) for _ in range(8)]
    refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(refusal, WrongCredentials) for refusal in refusals) == 3
    assert sum(isinstance(refusal, TooMany) for refusal in refusals) == 5


@pytest.mark.usefixtures("quick_throttle")
async def test_without_redis_staff_sign_in_and_guesses_are_counted(context: Context, dana: str) -> None:
    redis = Redis("unix:///nowhere/valkey.sock", timeout_ms=100)
    alone = dataclasses.replace(context, redis=redis)
    try:
        await sign_in(alone, dana, PASSWORD, "198.51.100.1")
        await fail(alone, dana, "198.51.100.1", 3)
        with pytest.raises(TooMany):
            await sign_in(alone, dana, PASSWORD, "198.51.100.1")
    finally:
        await redis.close()


async def test_no_address_and_no_login_stands_in_redis(context: Context, dana: str) -> None:
    await fail(context, dana, HERE, 1)
    for key in await context.redis.client.keys("*"):
        assert dana.encode() not in key
        assert HERE.encode() not in key


async def test_old_sign_ins_are_swept(context: Context, clock: ShiftedClock, dana: str) -> None:
    for _ in range(3):
        await sign_in(context, dana, PASSWORD, HERE)
    clock.ahead = timedelta(days=3)
    await sign_in(context, dana, PASSWORD, HERE)
    assert await context.postgres.fetchval("select count(*) from staff_session") == 1
