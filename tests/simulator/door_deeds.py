"""What the door does in the simulator: scans, late scans, and snapshots that name nobody."""

import uuid
from datetime import timedelta
from random import Random

import msgspec

from tests.simulator.invariants import InvariantBroken
from tests.simulator.world import BUYER, HOLDER, Call, World, nothing
from ticketing.door.model import ScanRequest
from ticketing.door.offline import take_snapshot
from ticketing.door.scans import record_scan, record_scans
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE

DOORMAN = Principal("dana", Role.DOOR)


def _scan_request(world: World, rng: Random, *, late: bool) -> ScanRequest:
    code = rng.choice(world.codes[-8:] if rng.random() < 0.7 else world.codes)
    known = list(world.scans)
    return ScanRequest(
        scan=uuid.UUID(rng.choice(known)) if known and rng.random() < 0.1 else uuid.uuid4(),
        code=code if rng.random() < 0.95 else code[:-1] + "0",
        gate=rng.choice(("north", "south")),
        screening=rng.choice((None, None, *world.screenings)),
        direction=rng.choice(("in", "in", "in", "out")),
        scanned_at=world.clock.now() - timedelta(seconds=rng.uniform(31, 3000)) if late else None,
    )


def scan(world: World, rng: Random) -> Call:
    if not world.codes:
        return nothing
    request = _scan_request(world, rng, late=False)

    async def call() -> None:
        _recorded(world, request, (await record_scan(world.house.door, request, DOORMAN)).verdict.value)

    return call


def scan_late(world: World, rng: Random) -> Call:
    if not world.codes:
        return nothing
    batch = [_scan_request(world, rng, late=True) for _ in range(rng.randint(1, 6))]

    async def call() -> None:
        answers = await record_scans(world.house.door, batch, DOORMAN)
        for request, answer in zip(batch, answers, strict=True):
            _recorded(world, request, answer.verdict.value)

    return call


def _recorded(world: World, request: ScanRequest, verdict: str) -> None:
    first = world.scans.setdefault(str(request.scan), verdict)
    if first != verdict:
        raise InvariantBroken(f"7 one scan has two answers: {first} and {verdict}")


def look_offline(world: World, rng: Random) -> Call:
    """10: what a door device takes along names nobody."""
    screening = rng.choice(world.screenings)

    async def call() -> None:
        told = msgspec.json.encode(await take_snapshot(world.house.door, screening, EVERYWHERE, "kk")).decode()
        for personal in (BUYER.email, BUYER.name, HOLDER):
            if personal in told:
                raise InvariantBroken(f"10 a snapshot says {personal!r}")

    return call
