"""The invariants, checked from outside: by a connection of their own, against what clients were told."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticketing.sales.ledger_audit import verify_ledger
from ticketing.seating.model import differences, states_from_facts
from ticketing.seating.scripts import keys_of

if TYPE_CHECKING:
    from tests.simulator.world import World

BOOKS = (Path(__file__).parent / "invariants.sql").read_text(encoding="utf-8")
# All of a mirror at one moment.
MIRROR = (
    "return {redis.call('HGET', KEYS[1], 'run'), redis.call('GET', KEYS[2]), redis.call('HGETALL', KEYS[3]),"
    " redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES')}"
)


class InvariantBroken(AssertionError):
    """What must never be, is."""


async def check_books(world: "World") -> None:
    """1, 2, 6, 7, 8, 9: by the books alone."""
    rows = await world.auditor.fetch(BOOKS)
    if rows:
        raise InvariantBroken("\n".join(f"{row['broken']}: {row['by']}" for row in rows[:10]))


async def check_confirmed(world: "World") -> None:
    """3: what was answered "confirmed" is confirmed, unless its buyer has given it back."""
    rows = await world.auditor.fetch(
        "select order_id, status from orders where order_id = any($1::text[])", sorted(world.confirmed)
    )
    status = {row["order_id"]: row["status"] for row in rows}
    for order in world.confirmed:
        allowed = {"confirmed", "cancelled"} if order in world.asked_back else {"confirmed"}
        if status.get(order) not in allowed:
            raise InvariantBroken(f"3 a confirmed order is {status.get(order)}: {order}")


async def check_holds(world: "World") -> None:
    """5: every held seat is in one hold, which has an expiry; and no seat that a hold lists is free."""
    for screening in world.everywhere:
        raw: Any = await world.redis.eval(MIRROR, 4, *keys_of(screening).shared())  # type: ignore[misc]
        run, states, holds, expiry = raw
        if run is None or states is None:
            continue
        texts = dict(zip(holds[::2], holds[1::2], strict=True))
        owner: dict[int, bytes] = {}
        for hold, text in texts.items():
            for index in map(int, text.split(b"|")[2].split(b",")):
                if index in owner:
                    raise InvariantBroken(f"5 two holds list place {index} of {screening}")
                owner[index] = hold
                if states[index : index + 1] == b"f":
                    raise InvariantBroken(f"5 place {index} of {screening} is in a hold and free")
        nobodys = [index for index, state in enumerate(states) if state == 104 and index not in owner]
        if nobodys and not world.keys_lost:
            raise InvariantBroken(f"5 places {nobodys} of {screening} are held by nobody")
        if not set(texts) <= set(expiry[::2]) and not world.keys_lost:
            raise InvariantBroken(f"5 holds without expiry in {screening}")


async def check_mirror(world: "World") -> None:
    """4: after a reconciliation the mirror says of no seat what Postgres contradicts."""
    facts = await world.house.mirror._read(world.everywhere)
    for screening in world.everywhere:
        states = await world.redis.get(keys_of(screening).shared()[1])
        truth = states_from_facts(world.layout, facts[screening])
        wrong = differences(states or b"", truth, somebody_waits=facts[screening].somebody_waits)
        if wrong:
            raise InvariantBroken(f"4 after a reconciliation {screening} still differs: {wrong[:5]}")


async def check_ledger(world: "World") -> None:
    """8: the chain verifies and nothing is left unsealed."""
    found = await verify_ledger(world.context)
    if found.faults:
        raise InvariantBroken(f"8 {found.faults[:3]}")
    if found.unsealed:
        raise InvariantBroken(f"8 {found.unsealed} entries are not sealed")
