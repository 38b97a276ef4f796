"""Keys: one signs, older ones still count, a leaked one does not, and none is ever lost by two at once."""

import asyncio
import dataclasses
from datetime import UTC, datetime

import pytest

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.secrets import Secrets
from ticketing.tickets import base45
from ticketing.tickets.code import TicketFacts, UnknownKey, WrongSignature
from ticketing.tickets.keys import SigningKeys, ensure_key, list_keys, retire_key, rotate_key

FACTS = TicketFacts(
    "K7Q29XFMABCD",
    "week-monday",
    17,
    1,
    datetime(2024, 10, 21, 18, 30, tzinfo=UTC),
    datetime(2024, 10, 21, 21, 0, tzinfo=UTC),
)


async def test_the_first_key_is_made_once(context: Context) -> None:
    await asyncio.gather(*(ensure_key(context) for _ in range(5)))
    (key,) = await list_keys(context)
    assert key.key_id == 1
    assert key.signs
    assert key.can_sign


async def test_codes_of_older_keys_stay_good(context: Context) -> None:
    await ensure_key(context)
    before = await SigningKeys(context).code_of(FACTS)
    assert await rotate_key(context) == 2
    keys = SigningKeys(context)
    after = await keys.code_of(FACTS)
    assert before != after
    assert (await keys.decode(before)).key_id == 1
    assert (await keys.decode(after)).key_id == 2

    await retire_key(context, 1)
    keys = SigningKeys(context)
    assert (await keys.decode(before)).ticket_id == FACTS.ticket_id
    assert not next(key for key in await list_keys(context) if key.key_id == 1).can_sign
    with pytest.raises(WrongSignature):
        await keys.decode(before[:-3] + "000")

    await retire_key(context, 1, compromised=True)
    with pytest.raises(UnknownKey):
        await SigningKeys(context).decode(before)


async def test_a_process_learns_of_a_rotation_by_the_first_code_it_meets(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure_key(context)
    behind = SigningKeys(context)
    await behind.ring()
    await rotate_key(context)
    fresh = await SigningKeys(context).code_of(FACTS)
    # Within the second after it looked it does not look again: codes that name unknown keys cost no query each.
    with pytest.raises(UnknownKey):
        await behind.decode(fresh)
    monkeypatch.setattr("ticketing.tickets.keys.RING_ASKED_AGAIN_S", 0)
    assert (await behind.decode(fresh)).key_id == 2


async def test_rotations_at_once_take_turns(context: Context) -> None:
    await ensure_key(context)
    assert sorted(await asyncio.gather(*(rotate_key(context) for _ in range(6)))) == [2, 3, 4, 6, 7, 8]
    keys = await list_keys(context)
    assert [key.key_id for key in keys if key.signs] == [8]


async def test_the_key_that_signs_is_not_retired(context: Context) -> None:
    await ensure_key(context)
    with pytest.raises(errors.KeyInUse):
        await retire_key(context, 1, compromised=True)
    with pytest.raises(errors.UnknownKey):
        await retire_key(context, 7)


async def test_with_another_secret_codes_are_read_but_not_made(context: Context) -> None:
    await ensure_key(context)
    code = await SigningKeys(context).code_of(FACTS)
    elsewhere = SigningKeys(dataclasses.replace(context, secrets=Secrets("another secret, long enough as well")))
    assert (await elsewhere.decode(code)).ticket_id == FACTS.ticket_id
    with pytest.raises(errors.NoSigningKey):
        await elsewhere.code_of(FACTS)


async def test_without_any_key_nothing_is_signed(context: Context) -> None:
    with pytest.raises(errors.NoSigningKey):
        await SigningKeys(context).code_of(FACTS)
    with pytest.raises(UnknownKey):
        await SigningKeys(context).decode(base45.encode(b"\x01\x01" + bytes(90)))


async def test_rotation_and_retirement_stand_in_the_audit(context: Context) -> None:
    await ensure_key(context)
    await rotate_key(context, by="admin")
    await retire_key(context, 1, by="admin")
    rows = await context.postgres.fetch("select login, act, subject from audit order by audit_id")
    assert [tuple(row) for row in rows] == [("admin", "key_rotated", "key 2"), ("admin", "key_retired", "key 1")]
