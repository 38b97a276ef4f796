"""The second step of a sign-in: codes of the moment by the RFC's own vectors, each taken once; recovery codes."""

import asyncio
import base64
import dataclasses
import re
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.factories import PASSWORD, Factory
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import (
    SecondFactorNeeded,
    SecondFactorThere,
    TicketingError,
    TooMany,
    UnknownStaff,
    WrongCode,
    WrongCredentials,
)
from ticketing.staff import throttle
from ticketing.staff.accounts import set_password
from ticketing.staff.model import Principal, Role
from ticketing.staff.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    pending_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    second_factor_of,
)
from ticketing.staff.sessions import (
    HALF_SIGN_IN_TTL_S,
    HalfSignIn,
    SignedIn,
    begin_sign_in,
    finish_sign_in,
    principal_of,
    sign_in,
)
from ticketing.staff.totp import STEP_S, authenticator_address, code_at, step_at, step_of

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
DANA = Principal("dana", Role.DOOR)


@pytest.mark.parametrize(
    ("moment_s", "eight_digits"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(moment_s: int, eight_digits: str) -> None:
    """Appendix B: of eight digits, ours are the last six."""
    secret, moment = b"12345678901234567890", datetime.fromtimestamp(moment_s, UTC)
    assert code_at(secret, step_at(moment)) == eight_digits[-6:]
    for off_s, fits in ((-STEP_S, True), (0, True), (STEP_S, True), (-2 * STEP_S, False), (2 * STEP_S, False)):
        found = step_of(secret, eight_digits[-6:], moment + timedelta(seconds=off_s))
        assert (found == step_at(moment)) is fits
    address = authenticator_address(secret, "dana", "tickets.kz")
    assert address == "otpauth://totp/tickets.kz:dana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=tickets.kz"


class Telephone:
    """An authenticator that has been shown a secret."""

    def __init__(self, context: Context, secret: str) -> None:
        self.context = context
        self.secret = base64.b32decode(secret.replace(" ", ""))

    def code(self, steps: int = 0) -> str:
        return code_at(self.secret, step_at(self.context.clock.now()) + steps)


async def enrolled(context: Context, login: str = "dana") -> tuple[Telephone, tuple[str, ...]]:
    """Somebody of the door with a second step: their telephone, and their recovery codes."""
    token = await Factory(context).staff(Role.DOOR, login)
    phone = Telephone(context, (await begin_second_factor(context, login, PASSWORD, HERE)).secret)
    # By the code of the step before, so that that of this moment is still to be taken.
    return phone, (await confirm_second_factor(context, login, phone.code(-1), token)).recovery_codes


async def outcomes(*asked: Awaitable[object]) -> list[str]:
    done = await asyncio.gather(*asked, return_exceptions=True)
    return sorted(type(one).__name__ for one in done)


async def test_a_sign_in_that_was_found_open_is_not_enough(context: Context) -> None:
    """Neither to begin, nor to go on with what its owner has begun."""
    token = await Factory(context).staff(Role.DOOR, "dana")
    begun = await begin_second_factor(context, "dana", PASSWORD, HERE)
    asked = [begin_second_factor(context, "dana", f"guess {turn}", ELSEWHERE) for turn in range(11)]
    assert set(await outcomes(*asked)) == {"TooMany", "WrongCredentials"}
    failed = await context.postgres.fetchval("select count(*) from audit where act = 'sign_in_failed'")
    assert failed == throttle.PER_ADDRESS_AND_LOGIN.counted_max
    assert await pending_second_factor(context, "dana", "") is None
    assert await pending_second_factor(context, "dana", begun.secret) == begun
    guessed = [confirm_second_factor(context, "dana", "x", token) for _ in range(21)]
    assert set(await outcomes(*guessed)) == {"TooMany", "WrongCode"}
    assert (await second_factor_of(context, DANA)).since is None


async def test_it_counts_once_a_code_has_proven_it(context: Context) -> None:
    token = await Factory(context).staff(Role.DOOR, "dana")
    other = await sign_in(context, "dana", PASSWORD, ELSEWHERE)
    first = Telephone(context, (await begin_second_factor(context, "dana", PASSWORD, HERE)).secret)
    assert (await sign_in(context, "dana", PASSWORD, HERE)).role is Role.DOOR
    phone = Telephone(context, (await begin_second_factor(context, "dana", PASSWORD, HERE)).secret)
    for wrong in ("", "000000", first.code(), "x" * 32, phone.code(5)):
        with pytest.raises(WrongCode):
            await confirm_second_factor(context, "dana", wrong, token)
    codes = (
        await confirm_second_factor(context, "dana", f" {phone.code()[:3]} {phone.code()[3:]}", token)
    ).recovery_codes
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[A-Z2-9]{5}-[A-Z2-9]{5}", code) for code in codes)
    # Whoever was signed in elsewhere, by the password alone, is so no more.
    assert await principal_of(context, token) == DANA
    assert await principal_of(context, other.token) is None
    for again in (
        begin_second_factor(context, "dana", PASSWORD, HERE),
        confirm_second_factor(context, "dana", phone.code(), token),
    ):
        with pytest.raises(SecondFactorThere):
            await again
    with pytest.raises(SecondFactorNeeded):
        await sign_in(context, "dana", PASSWORD, HERE)
    # The code that proved it is taken.
    with pytest.raises(WrongCode):
        await sign_in(context, "dana", PASSWORD, HERE, code=phone.code())
    assert (await sign_in(context, "dana", PASSWORD, HERE, code=phone.code(1))).role is Role.DOOR
    kept = str(await context.postgres.fetch("select * from staff")) + str(
        await context.postgres.fetch("select * from staff_recovery_code")
    )
    assert phone.secret.hex() not in kept
    assert codes[0].replace("-", "") not in kept


async def test_a_code_signs_in_once_however_many_try(context: Context) -> None:
    phone, _ = await enrolled(context)
    asked = [sign_in(context, "dana", PASSWORD, f"192.0.2.{turn}", code=phone.code()) for turn in range(5)]
    assert await outcomes(*asked) == ["SignedIn", *["WrongCode"] * 4]
    with pytest.raises(WrongCode):
        await sign_in(context, "dana", PASSWORD, HERE, code=phone.code(-1))
    assert await context.postgres.fetchval("select count(*) from audit where act = 'second_factor_failed'") == 5


async def test_a_recovery_code_signs_in_once_however_many_try(context: Context) -> None:
    _, codes = await enrolled(context)
    typed = codes[3].replace("-", " ").lower()
    asked = [sign_in(context, "dana", PASSWORD, f"192.0.2.{turn}", code=typed) for turn in range(5)]
    assert await outcomes(*asked) == ["SignedIn", *["WrongCode"] * 4]
    assert (await second_factor_of(context, DANA)).recovery_codes_left == 9
    fresh = (await renew_recovery_codes(context, "dana", codes[4])).recovery_codes
    with pytest.raises(WrongCode):
        await sign_in(context, "dana", PASSWORD, HERE, code=codes[5])
    assert (await sign_in(context, "dana", PASSWORD, HERE, code=fresh[5])).role is Role.DOOR


async def test_in_two_steps(context: Context, clock: ShiftedClock) -> None:
    phone, _ = await enrolled(context)
    half = await begin_sign_in(context, "dana", PASSWORD, HERE)
    assert isinstance(half, HalfSignIn)
    assert PASSWORD not in half.half
    with pytest.raises(WrongCode):
        await finish_sign_in(context, half.half, "000000", HERE)
    assert isinstance(await finish_sign_in(context, half.half, phone.code(), HERE), SignedIn)
    for nonsense in ("", "x", half.half[:-4], context.secrets.seal(b"{}").decode(), "é" * 20):
        with pytest.raises(WrongCredentials):
            await finish_sign_in(context, nonsense, phone.code(1), HERE)
    clock.ahead = timedelta(seconds=HALF_SIGN_IN_TTL_S + 1)
    with pytest.raises(WrongCredentials):
        await finish_sign_in(context, half.half, phone.code(), HERE)
    half = await begin_sign_in(context, "dana", PASSWORD, HERE)
    assert isinstance(half, HalfSignIn)
    await set_password(context, "dana", "another password")
    with pytest.raises(WrongCredentials):
        await finish_sign_in(context, half.half, phone.code(), HERE)


async def test_codes_are_limited_and_nobody_is_locked_out(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "PER_SECOND_FACTOR", throttle.PER_SECOND_FACTOR._replace(counted_max=15))
    phone, codes = await enrolled(context)
    await sign_in(context, "dana", PASSWORD, HERE, code=codes[0])

    async def guess(client: str) -> type[TicketingError]:
        with pytest.raises(TicketingError) as refused:
            await sign_in(context, "dana", PASSWORD, client, code="000000")
        return refused.type

    from_one_address = [await guess(ELSEWHERE) for _ in range(12)]
    assert from_one_address == [WrongCode] * 10 + [TooMany] * 2
    # Whoever knows the password and has many addresses is stopped for all of them …
    from_many = [await guess(f"203.0.113.{turn}") for turn in range(10)]
    assert from_many == [WrongCode] * 5 + [TooMany] * 5
    # … and the owner signs in from where they have signed in before.
    assert (await sign_in(context, "dana", PASSWORD, HERE, code=phone.code())).role is Role.DOOR


async def test_it_is_switched_off_by_a_code_or_an_administrator(context: Context) -> None:
    phone, codes = await enrolled(context)
    with pytest.raises(WrongCode):
        await remove_second_factor(context, DANA, "000000")
    await remove_second_factor(context, DANA, phone.code())
    state = await second_factor_of(context, DANA)
    assert (state.since, state.recovery_codes_left, state.required) == (None, 0, False)
    assert (await sign_in(context, "dana", PASSWORD, HERE)).role is Role.DOOR
    with pytest.raises(WrongCode):
        await renew_recovery_codes(context, "dana", codes[0])
    await enrolled(context, "erlan")
    for _ in range(2):
        await reset_second_factor(context, "erlan", by="ada")
    assert (await sign_in(context, "erlan", PASSWORD, HERE)).role is Role.DOOR
    with pytest.raises(UnknownStaff):
        await reset_second_factor(context, "nobody", by="ada")
    acts = await context.postgres.fetch(
        "select act from audit where act like 'second_factor_re%' order by audit_id"
    )
    assert [row["act"] for row in acts] == ["second_factor_removed", "second_factor_reset"]


async def test_a_role_that_asks_for_it_may_do_nothing_else_first(context: Context) -> None:
    settings = msgspec.structs.replace(context.settings, staff_second_factor_roles="door, admin")
    context = dataclasses.replace(context, settings=settings)
    token = await Factory(context).staff(Role.DOOR, "dana")
    principal = await principal_of(context, token)
    assert principal is not None
    assert principal.second_factor_missing
    phone = Telephone(context, (await begin_second_factor(context, "dana", PASSWORD, HERE)).secret)
    await confirm_second_factor(context, "dana", phone.code(), token)
    principal = await principal_of(context, token)
    assert principal is not None
    assert not principal.second_factor_missing
    await remove_second_factor(context, principal, phone.code(1))
    principal = await principal_of(context, token)
    assert principal is not None
    assert principal.second_factor_missing
